package dev.parasol.pipeline;

import dev.parasol.kernels.Fbank;
import dev.parasol.weights.EndpointConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pieces of a recording without a detector of voices. What is not longer than the threshold stays whole. The rest is cut in its
 * long pauses, as far as energy tells them; where there is none before the threshold, in the longest short one of the last third before
 * it; where there is none either, at the least energetic point, and there what is recognised goes on beyond the cut on both sides,
 * so that no word is heard in part only, and {@link WindowSeam} leaves each word in one of the pieces. No piece is longer than the
 * threshold with what is around it. Holds as much as the threshold.
 */
final class WindowPieces implements PieceSource {
    private static final long MOST_CONTEXT_MS = 2000;
    /** Context on each side is at most this part of a window. */
    private static final int PARTS = 6;
    private static final int FRAME_MS = EndpointConfig.FRAME_MS;
    private static final int LONG_PAUSE = 60;
    private static final int SHORT_PAUSE = 25;
    /** A frame that begins later than this before an end goes beyond it. */
    private static final int LAST_FRAME_MS = 30;

    private final FrameTrack frames;
    private final FloatTrack samples;
    private final long thresholdMs;
    private final long contextMs;
    private final SegmentSplitter splitter;
    /** Where the piece begins that is not finished, and by what it is heard from earlier on. */
    private long start;
    private long beforeMs;

    /**
     * @param threshold the most that is recognised in one go, in milliseconds; at least 1000
     * @param from where to go on; what is accepted begins with {@link SourceState#fromSample} then
     */
    WindowPieces(long threshold, Optional<SourceState> from) {
        start = from.map(state -> state.window().startMs()).orElse(0L);
        beforeMs = from.map(state -> state.window().beforeMs()).orElse(0L);
        frames = new FrameTrack((start - beforeMs) / FRAME_MS);
        samples = new FloatTrack((start - beforeMs) * SpeechPiece.PER_MS);
        thresholdMs = threshold;
        contextMs = Math.min(MOST_CONTEXT_MS, thresholdMs / PARTS / FRAME_MS * FRAME_MS);
        splitter = new SegmentSplitter(thresholdMs - 2 * contextMs);
    }

    @Override
    public List<SpeechPiece> accept(float[] block, int count) {
        samples.add(block, 0, count);
        while (frames.end() * Fbank.FRAME_SHIFT + Fbank.FRAME_LENGTH <= samples.end()) {
            frames.add(0, decibel(frames.end() * Fbank.FRAME_SHIFT));
        }
        List<SpeechPiece> pieces = new ArrayList<>();
        // Whether a recording stays whole is known only when it is longer than the threshold.
        while (samples.end() > (start - beforeMs + thresholdMs) * SpeechPiece.PER_MS) {
            pieces.add(cut());
        }
        return pieces;
    }

    @Override
    public Optional<SourceState> state() {
        // What a recording's first piece is depends on whether there are others.
        return start == 0 ? Optional.empty() : Optional.of(SourceState.of(new SourceState.Window(start, beforeMs)));
    }

    private SpeechPiece cut() {
        long known = start - beforeMs + thresholdMs - LAST_FRAME_MS;
        EnergyPauses pauses = new EnergyPauses(frames, start / FRAME_MS, known / FRAME_MS);
        long pause = pauses.first(LONG_PAUSE);
        if (pause < 0) {
            pause = pauses.longest((known - thresholdMs / 3) / FRAME_MS, known / FRAME_MS, SHORT_PAUSE);
        }
        return pause >= 0 ? next(pause * FRAME_MS, 0) : next(splitter.cut(start, known, frames), contextMs);
    }

    /** The piece that ends at {@code end} and is heard for {@code after} milliseconds more, which hold for the next one, too. */
    private SpeechPiece next(long end, long after) {
        SpeechPiece piece = piece(end, after);
        start = end;
        beforeMs = after;
        frames.dropBefore(start - beforeMs);
        samples.dropBefore((start - beforeMs) * SpeechPiece.PER_MS);
        return piece;
    }

    private SpeechPiece piece(long end, long after) {
        return new SpeechPiece(new PiecePlace(start, end, beforeMs, after, start > 0),
                samples.copy((start - beforeMs) * SpeechPiece.PER_MS, Math.min((end + after) * SpeechPiece.PER_MS, samples.end())));
    }

    @Override
    public List<SpeechPiece> finish() {
        List<SpeechPiece> pieces = new ArrayList<>();
        long end = (samples.end() + SpeechPiece.PER_MS - 1) / SpeechPiece.PER_MS;
        while (start > 0) {
            long pause = new EnergyPauses(frames, start / FRAME_MS, frames.end()).first(LONG_PAUSE);
            if (pause < 0) {
                break;
            }
            pieces.add(next(pause * FRAME_MS, 0));
        }
        if (end > start) {
            pieces.add(piece(end, 0));
        }
        return pieces;
    }

    private double decibel(long at) {
        double energy = 0;
        for (long i = at; i < at + Fbank.FRAME_LENGTH; i++) {
            energy += (double) samples.get(i) * samples.get(i);
        }
        return 10 * Math.log10(energy + 1e-6);
    }
}
