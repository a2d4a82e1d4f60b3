package dev.parasol.pipeline;

import java.util.List;
import java.util.Optional;

/** Divides one recording, as its samples arrive, into pieces that are recognised in one go. Not thread-safe. */
interface PieceSource {
    /** Takes the next {@code count} samples of 16 kHz mono, which are copied; the pieces that are known now, in their order. */
    List<SpeechPiece> accept(float[] samples, int count);

    /** Where another source of the same kind can go on, if it can; all pieces so far were told. */
    default Optional<SourceState> state() {
        return Optional.empty();
    }

    /** The recording has ended: the pieces that are left. */
    List<SpeechPiece> finish();
}
