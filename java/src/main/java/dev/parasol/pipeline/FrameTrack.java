package dev.parasol.pipeline;

import dev.parasol.weights.EndpointConfig;

/**
 * Energy and posterior of silence of the latest frames of a recording, one every 10 ms. Where there is no detector of voices,
 * the posteriors are those of speech. Not thread-safe.
 */
final class FrameTrack {
    private final FloatTrack decibels;
    private final FloatTrack silence;

    FrameTrack() {
        this(0);
    }

    /** @param first the first frame that will be added */
    FrameTrack(long first) {
        decibels = new FloatTrack(first);
        silence = new FloatTrack(first);
    }

    /** The next frame. */
    void add(float silencePosterior, double decibel) {
        silence.add(silencePosterior);
        decibels.add((float) decibel);
    }

    /** The first frame that is held. */
    long first() {
        return decibels.first();
    }

    /** Behind the last frame so far. */
    long end() {
        return decibels.end();
    }

    /** Mean posterior of silence of the frames from {@code from}, or the first that is held, up to {@code to}. */
    double silence(long from, long to) {
        double sum = 0;
        long start = Math.max(first(), from);
        for (long frame = start; frame < to; frame++) {
            sum += silence.get(frame);
        }
        return sum / (to - start);
    }

    /** Mean power of the frames from {@code from}, or the first that is held, up to {@code to}. */
    double power(long from, long to) {
        double sum = 0;
        long start = Math.max(first(), from);
        for (long frame = start; frame < to; frame++) {
            sum += Math.pow(10, decibels.get(frame) / 10);
        }
        return sum / (to - start);
    }

    /** Forgets the frames before {@code ms}. */
    void dropBefore(long ms) {
        decibels.dropBefore(ms / EndpointConfig.FRAME_MS);
        silence.dropBefore(ms / EndpointConfig.FRAME_MS);
    }
}
