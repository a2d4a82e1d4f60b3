package dev.parasol.pipeline;

import dev.parasol.weights.EndpointConfig;

/**
 * Energy and posterior of silence of the latest frames of a recording, one every 10 ms. Where there is no detector of voices,
 * the posteriors are those of speech. Not thread-safe.
 */
final class FrameTrack {
    private final FloatTrack decibels = new FloatTrack();
    private final FloatTrack silence = new FloatTrack();

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

    /** Mean posterior of silence of the frames around {@code frame}, {@code reach} on each side as far as they are held. */
    double silence(long frame, int reach) {
        double sum = 0;
        long from = Math.max(first(), frame - reach);
        long to = Math.min(end(), frame + reach + 1);
        for (long f = from; f < to; f++) {
            sum += silence.get(f);
        }
        return sum / (to - from);
    }

    /** Mean power of the frames around {@code frame}, {@code reach} on each side as far as they are held. */
    double power(long frame, int reach) {
        double sum = 0;
        long from = Math.max(first(), frame - reach);
        long to = Math.min(end(), frame + reach + 1);
        for (long f = from; f < to; f++) {
            sum += Math.pow(10, decibels.get(f) / 10);
        }
        return sum / (to - from);
    }

    /** Forgets the frames before {@code ms}. */
    void dropBefore(long ms) {
        decibels.dropBefore(ms / EndpointConfig.FRAME_MS);
        silence.dropBefore(ms / EndpointConfig.FRAME_MS);
    }
}
