package dev.parasol.pipeline;

import dev.parasol.model.CifTrace;
import java.util.ArrayList;
import java.util.List;

/**
 * The times of tokens from CIF's weights, as FunASR's {@code ts_prediction_lfr6_standard} has them: there is one fire more than
 * tokens, a token goes from one fire to the next, and what is too long to be a token ends in silence. Where there is another
 * number of fires, the weights are scaled so that there are as many.
 *
 * <p>FunASR calls it for a plain Paraformer with CIF's integral in the place of the weights and the weights in the place of the
 * fires; the times that users know are those, so it is called likewise here.
 */
final class TokenTimes {
    private static final float FIRE = (float) (1.0 - 1e-4);
    /** A fire is where a token begins, in indices. */
    private static final double SHIFT = -1.5;
    /** Silence at the beginning and the end has more indices than this. */
    private static final int EDGE = 5;
    /** No token has more indices. */
    private static final int LONGEST = 12;
    private static final double FRAME_SECONDS = 10.0 * 6 / 1000;

    /** Of a token, or of the silence behind it. */
    private static final class Span {
        private final double start;
        private double end;
        private final boolean silence;

        Span(double start, double end, boolean silence) {
            this.start = start;
            this.end = end;
            this.silence = silence;
        }
    }

    private TokenTimes() {}

    /**
     * The times of {@code tokens} tokens.
     *
     * @param ids tokens that the model counted, with blanks and the ends of sentences, which have no times
     * @return as many; where the weights have too few fires, which no sound weights do, the last ones are empty and at the end
     */
    static List<Timestamp> of(CifTrace trace, int ids, int tokens) {
        if (trace.peaks() != null) {
            return of(trace.peaks(), trace.weights(), trace.perFrame(), tokens);
        }
        // The head's weights count the model's own tokens first.
        float factor = ids / sum(trace.weights());
        float[] weights = new float[trace.weights().length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = trace.weights()[i] * factor;
        }
        return of(weights, integral(weights), trace.perFrame(), tokens);
    }

    /**
     * @param weights a weight for each index; not changed
     * @param peaks the sum of the weights up to each index since the last fire
     * @param rate indices a frame
     */
    static List<Timestamp> of(float[] weights, float[] peaks, int rate, int tokens) {
        if (tokens == 0) {
            return List.of();
        }
        List<Double> fires = fires(peaks);
        if (fires.size() != tokens + 1) {
            fires = fires(integral(scaled(weights, tokens + 1)));
        }
        double seconds = FRAME_SECONDS / rate;
        List<Timestamp> times = new ArrayList<>();
        for (Span span : spans(fires, weights.length)) {
            if (!span.silence && times.size() < tokens) {
                times.add(new Timestamp(milliseconds(span.start * seconds), milliseconds(span.end * seconds)));
            }
        }
        int end = milliseconds(weights.length * seconds);
        while (times.size() < tokens) {
            times.add(new Timestamp(end, end));
        }
        return times;
    }

    private static int milliseconds(double seconds) {
        return (int) (seconds * 1000);
    }

    private static List<Double> fires(float[] peaks) {
        List<Double> fires = new ArrayList<>();
        for (int i = 0; i < peaks.length; i++) {
            if (peaks[i] >= FIRE) {
                fires.add(i + SHIFT);
            }
        }
        return fires;
    }

    /** The weights with {@code sum} as their sum; divided in fp32, as FunASR does. */
    static float[] scaled(float[] weights, int sum) {
        float divisor = sum(weights) / sum;
        float[] scaled = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            scaled[i] = weights[i] / divisor;
        }
        return scaled;
    }

    private static float sum(float[] weights) {
        double sum = 0;
        for (float weight : weights) {
            sum += weight;
        }
        return (float) sum;
    }

    /** The running sum in fp32, before the threshold is taken off at a fire. */
    static float[] integral(float[] weights) {
        float[] peaks = new float[weights.length];
        float sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i];
            peaks[i] = sum;
            if (sum >= FIRE) {
                sum -= FIRE;
            }
        }
        return peaks;
    }

    private static List<Span> spans(List<Double> fires, int indices) {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i + 1 < fires.size(); i++) {
            double start = fires.get(i);
            double next = fires.get(i + 1);
            double end = Math.min(next, start + LONGEST);
            spans.add(new Span(start, end, false));
            if (end < next) {
                spans.add(new Span(end, next, true));
            }
        }
        if (!spans.isEmpty()) {
            double last = fires.get(fires.size() - 1);
            // The silence behind a token that was cut takes the end in its place.
            spans.get(spans.size() - 1).end = indices - last > EDGE ? (indices + last) * 0.5 : indices;
        }
        return spans;
    }
}
