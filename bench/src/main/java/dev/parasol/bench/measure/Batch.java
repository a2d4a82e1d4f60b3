package dev.parasol.bench.measure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Utterances of noise by their lengths; the same at every run.
 *
 * @param name by which results and the peers' file call it
 * @param seconds the length of each utterance
 */
public record Batch(String name, List<Double> seconds) {
    private static final int RATE = 16_000;
    private static final double SHORTEST = 3;
    private static final double LONGEST = 20;
    private static final double FEATURE_SECONDS = 0.06;

    /** {@code count} utterances of one length. */
    public static Batch uniform(int count, double seconds) {
        return new Batch(count + "x" + text(seconds), Collections.nCopies(count, seconds));
    }

    /** Utterances of 3 to 20 s, scaled for smaller totals, that are {@code total} seconds long together. */
    public static Batch ragged(double total) {
        Random random = new Random(7);
        double scale = Math.min(1, total / (4 * LONGEST));
        List<Double> lengths = new ArrayList<>();
        double left = total;
        while (left > 0) {
            double length = Math.rint(100 * scale * (SHORTEST + (LONGEST - SHORTEST) * random.nextDouble())) / 100;
            if (left - length < scale * SHORTEST) {
                length = Math.rint(100 * left) / 100;
            }
            lengths.add(length);
            left = Math.rint(100 * (left - length)) / 100;
        }
        return new Batch("ragged" + text(total), List.copyOf(lengths));
    }

    /** Seconds of audio. */
    public double total() {
        return seconds.stream().mapToDouble(Double::doubleValue).sum();
    }

    /** The waveforms at 16 kHz. */
    public List<float[]> waves() {
        List<float[]> waves = new ArrayList<>();
        for (int i = 0; i < seconds.size(); i++) {
            Random random = new Random(i);
            float[] samples = new float[(int) Math.round(seconds.get(i) * RATE)];
            for (int s = 0; s < samples.length; s++) {
                samples[s] = (float) (0.1 * random.nextGaussian());
            }
            waves.add(samples);
        }
        return waves;
    }

    /**
     * Features as a front end would make them of noise, {@code [frames, size]} of each utterance: normally distributed numbers,
     * which is what mean and variance normalisation leaves.
     */
    public List<float[]> features(int size) {
        List<float[]> features = new ArrayList<>();
        for (int i = 0; i < seconds.size(); i++) {
            Random random = new Random(31 + i);
            float[] rows = new float[frames(seconds.get(i)) * size];
            for (int j = 0; j < rows.length; j++) {
                rows[j] = (float) random.nextGaussian();
            }
            features.add(rows);
        }
        return features;
    }

    /** Frames of each utterance. */
    public int[] frames() {
        return seconds.stream().mapToInt(Batch::frames).toArray();
    }

    /** About the frames of an utterance. */
    static int frames(double seconds) {
        return (int) Math.max(1, Math.round(seconds / FEATURE_SECONDS));
    }

    private static String text(double seconds) {
        return seconds == Math.rint(seconds) ? Integer.toString((int) seconds) + "s" : seconds + "s";
    }
}
