package dev.parasol.pipeline;

import dev.parasol.audio.AudioClip;
import dev.parasol.audio.AudioException;
import dev.parasol.model.CifTrace;
import dev.parasol.model.Recognised;

/** One recording on its way through the model: samples in, token ids or an error out. Used by one thread at a time. */
final class Utterance {
    /** Samples below this are no signal: half of the least step of 16-bit audio. */
    private static final float SILENCE = 0x1p-16f;

    private final float[] samples;
    private final int length;
    private int[] ids;
    private CifTrace trace;
    private RuntimeException error;
    private double elapsedSeconds;

    /** @throws AudioException when a sample is no finite number */
    Utterance(float[] samples) {
        boolean heard = false;
        for (int i = 0; i < samples.length; i++) {
            if (!Float.isFinite(samples[i])) {
                throw new AudioException("sample " + i + " of " + samples.length + " is " + samples[i] + ", expected a finite number");
            }
            heard |= Math.abs(samples[i]) >= SILENCE;
        }
        this.length = samples.length;
        this.samples = heard ? samples : null;
        this.ids = heard ? null : new int[0];
    }

    /** The samples; null when it is silent. */
    float[] samples() {
        return samples;
    }

    /** Samples, silent or not. */
    int length() {
        return length;
    }

    double seconds() {
        return (double) length / AudioClip.SAMPLE_RATE;
    }

    /** Whether there is nothing to hear, so that the model need not run. */
    boolean silent() {
        return samples == null;
    }

    void recognised(Recognised found) {
        ids = found.ids();
        trace = found.trace();
    }

    /** What the times of its tokens are made from; null where they were not asked for, and where there are none. */
    CifTrace trace() {
        return trace;
    }

    void failed(RuntimeException e) {
        error = e;
    }

    /** Forgets what went wrong, for another try. */
    void again() {
        error = null;
    }

    void spent(double seconds) {
        elapsedSeconds += seconds;
    }

    double elapsedSeconds() {
        return elapsedSeconds;
    }

    /** Whether it has ids or an error. */
    boolean finished() {
        return ids != null || error != null;
    }

    /** What went wrong, or null. */
    RuntimeException error() {
        return error;
    }

    /** The ids; throws what went wrong. */
    int[] ids() {
        if (error != null) {
            throw error;
        }
        return ids;
    }
}
