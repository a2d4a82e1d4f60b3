package dev.parasol.pipeline;

import dev.parasol.kernels.Fbank;
import dev.parasol.weights.EndpointConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Pieces of a recording without a detector of voices. What is not longer than the threshold stays whole; the rest is divided at
 * quiet places, and what is recognised goes on beyond them on both sides, so that no word is heard in part only; {@link
 * WindowSeam} leaves each word in one of the pieces. A window with what is around it is not longer than the threshold. Holds
 * one window.
 */
final class WindowPieces implements PieceSource {
    private static final long MOST_CONTEXT_MS = 2000;
    /** Context on each side is at most this part of a window. */
    private static final int PARTS = 6;
    private static final int FRAME_MS = EndpointConfig.FRAME_MS;
    /** A frame that begins later than this before an end goes beyond it. */
    private static final int LAST_FRAME_MS = 30;

    private final FrameTrack frames = new FrameTrack();
    private final FloatTrack samples = new FloatTrack();
    private final long thresholdMs;
    private final long contextMs;
    private final SegmentSplitter splitter;
    /** Where the piece begins that is not finished. */
    private long start;

    /** @param threshold the most that is recognised in one go, in milliseconds; at least 1000 */
    WindowPieces(long threshold) {
        thresholdMs = threshold;
        contextMs = Math.min(MOST_CONTEXT_MS, thresholdMs / PARTS / FRAME_MS * FRAME_MS);
        splitter = new SegmentSplitter(thresholdMs - 2 * contextMs);
    }

    @Override
    public List<SpeechPiece> accept(float[] block, int count) {
        samples.add(block, 0, count);
        while (frames.end() * Fbank.FRAME_SHIFT + Fbank.FRAME_LENGTH <= samples.end()) {
            // Nothing is known of voices: the least energetic place is where to cut.
            frames.add(0, decibel(frames.end() * Fbank.FRAME_SHIFT));
        }
        List<SpeechPiece> pieces = new ArrayList<>();
        // Whether a recording stays whole is known only when it is longer than the threshold.
        while (samples.end() > (heardFrom() + thresholdMs) * SpeechPiece.PER_MS) {
            long end = splitter.cut(start, heardFrom() + thresholdMs - LAST_FRAME_MS, frames);
            pieces.add(piece(end, end + contextMs));
            start = end;
            frames.dropBefore(heardFrom());
            samples.dropBefore(heardFrom() * SpeechPiece.PER_MS);
        }
        return pieces;
    }

    @Override
    public List<SpeechPiece> finish() {
        long end = (samples.end() + SpeechPiece.PER_MS - 1) / SpeechPiece.PER_MS;
        return end > start ? List.of(piece(end, end)) : List.of();
    }

    private long heardFrom() {
        return Math.max(0, start - contextMs);
    }

    private SpeechPiece piece(long end, long heardUpTo) {
        return new SpeechPiece(new PiecePlace(start, end, start - heardFrom(), heardUpTo - end, start > 0),
                samples.copy(heardFrom() * SpeechPiece.PER_MS, Math.min(heardUpTo * SpeechPiece.PER_MS, samples.end())));
    }

    private double decibel(long at) {
        double energy = 0;
        for (long i = at; i < at + Fbank.FRAME_LENGTH; i++) {
            energy += (double) samples.get(i) * samples.get(i);
        }
        return 10 * Math.log10(energy + 1e-6);
    }
}
