package dev.parasol.pipeline;

import java.util.List;

/** Divides one recording, as its samples arrive, into pieces that are recognised in one go. Not thread-safe. */
interface PieceSource {
    /** Takes the next {@code count} samples of 16 kHz mono, which are copied; the pieces that are known now, in their order. */
    List<SpeechPiece> accept(float[] samples, int count);

    /** The recording has ended: the pieces that are left. */
    List<SpeechPiece> finish();
}
