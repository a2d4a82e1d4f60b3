package dev.parasol.tools.quantize;

import dev.parasol.tools.tensors.Half;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.LinearScheme;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What each scheme does to the output of one linear layer: power of the difference over power of the output, on the rows that
 * {@link InputStatistics} kept and at most {@value #CHANNELS} output channels, evenly spread. Computed on the host, as the kernels compute it
 * but for the order of sums.
 */
public final class LinearNoise {
    private static final int CHANNELS = 256;
    private static final int BLOCK = 128;

    private LinearNoise() {}

    /**
     * The noise by scheme.
     *
     * @param inputScale of {@link LinearScheme#INT8_STATIC}, which is left out where this is NaN
     */
    public static Map<LinearScheme, Double> of(Linear linear, HostTensor matrix, List<float[]> inputs, float inputScale) {
        List<float[]> halves = inputs.stream().map(LinearNoise::halves).toList();
        List<float[]> dynamic = inputs.stream().map(row -> dynamic(row, linear.normed() ? row.length : BLOCK)).toList();
        List<float[]> fixed = Float.isNaN(inputScale) ? null : inputs.stream().map(row -> rounded(row, 0, row.length, inputScale, row.clone())).toList();
        Map<LinearScheme, Double> noise = new EnumMap<>(LinearScheme.class);
        double signal = 0;
        int step = Math.max(1, linear.outputs() / CHANNELS);
        for (int channel = 0; channel < linear.outputs(); channel += step) {
            float[] weights = java.util.Arrays.copyOfRange(matrix.values(), channel * linear.inputs(), (channel + 1) * linear.inputs());
            float[] halfWeights = halves(weights);
            float[] int8 = rounded(weights, 0, weights.length, Int8.scale(largest(weights, 0, weights.length)), weights.clone());
            for (int row = 0; row < inputs.size(); row++) {
                double exact = dot(inputs.get(row), weights);
                signal += exact * exact;
                add(noise, LinearScheme.FP16, exact - dot(halves.get(row), halfWeights));
                add(noise, LinearScheme.INT8_WEIGHTS, exact - dot(halves.get(row), int8));
                add(noise, LinearScheme.INT8_DYNAMIC, exact - dot(dynamic.get(row), int8));
                if (fixed != null) {
                    add(noise, LinearScheme.INT8_STATIC, exact - dot(fixed.get(row), int8));
                }
            }
        }
        double power = Math.max(signal, Double.MIN_NORMAL);
        noise.replaceAll((scheme, square) -> square / power);
        return noise;
    }

    /** Signal over noise in decibels; at most 200. */
    public static double decibels(double noise) {
        return Math.min(200, -10 * Math.log10(Math.max(noise, Double.MIN_NORMAL)));
    }

    private static void add(Map<LinearScheme, Double> noise, LinearScheme scheme, double difference) {
        noise.merge(scheme, difference * difference, Double::sum);
    }

    private static float[] dynamic(float[] row, int block) {
        float[] result = row.clone();
        for (int from = 0; from < row.length; from += block) {
            int to = Math.min(row.length, from + block);
            rounded(row, from, to, Int8.scale(largest(row, from, to)), result);
        }
        return result;
    }

    private static float[] rounded(float[] values, int from, int to, float scale, float[] result) {
        for (int i = from; i < to; i++) {
            result[i] = Int8.rounded(values[i], scale);
        }
        return result;
    }

    private static float largest(float[] values, int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    private static float[] halves(float[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = Half.toFloat(Half.of(values[i]));
        }
        return result;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
