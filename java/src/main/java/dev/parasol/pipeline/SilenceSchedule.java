package dev.parasol.pipeline;

import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * FunASR's default: how much silence ends a segment depends on how long speech has gone on without one having
 * ended, counted in whole minutes of the recording. Thus the first minute is patient, and a segment that is running as a minute
 * begins ends at the next short pause. Not thread-safe.
 */
final class SilenceSchedule {
    /** Samples from one step of the schedule to the next: a minute, whatever the chunks in which the recording arrives. */
    static final long STEP_SAMPLES = 960_000;
    private static final int STEP_MS = 60_000;
    private static final double SPEECH_NOISE_THRESHOLD = 0.5;
    private static final int LEAST = 100;
    private static final NavigableMap<Integer, Integer> SILENCE = new TreeMap<>();

    static {
        SILENCE.put(10_000, 2000);
        SILENCE.put(20_000, 1000);
        SILENCE.put(30_000, 800);
        SILENCE.put(40_000, 600);
        SILENCE.put(50_000, 400);
        SILENCE.put(60_000, 200);
    }

    private int accumulatedMs;
    private boolean counting;

    /** Goes on where another one was. */
    void restore(int accumulated, boolean goesOn) {
        accumulatedMs = accumulated;
        counting = goesOn;
    }

    int accumulatedMs() {
        return accumulatedMs;
    }

    boolean counting() {
        return counting;
    }

    /**
     * A minute begins.
     *
     * @param ended whether a segment ended in the last one; false for the first
     */
    void step(EndpointDetector detector, boolean ended) {
        if (ended) {
            accumulatedMs = 0;
            counting = false;
        }
        if (detector.inSpeech() || counting) {
            accumulatedMs = Math.min(accumulatedMs + STEP_MS, SILENCE.lastKey() + 1);
            counting = true;
        }
        var entry = SILENCE.ceilingEntry(accumulatedMs);
        detector.endSilence(entry == null ? LEAST : entry.getValue());
        detector.speechNoiseThreshold(SPEECH_NOISE_THRESHOLD);
    }
}
