package dev.parasol.tools.prune;

import dev.parasol.model.Precision;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.run.Activations;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Layer;
import dev.parasol.tools.run.Variant;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Removes inner channels of the encoder's feed-forward blocks and packs what is left: w_1 loses rows, w_2 columns, and
 * {@code linear_units} becomes what is left, in every layer the same number, since a configuration has one. A channel counts by the variance
 * that it adds to the block's output, {@code |w_2 column|² var(h)}: its mean goes into w_2's bias exactly. With a ridge fit the
 * channels that stay take over what they can of the others.
 *
 * <p>The decoder's blocks are left as they are: they have a norm over the inner channels, so that no channel can go without changing the others.
 */
public final class FfnChannels {
    private static final String INNER = "w_2.in";

    private FfnChannels() {}

    /** The tensors that change, by name; {@link ModelException} when {@code units} is not below what the model has. */
    public static Map<String, HostTensor> prune(Bench bench, ModelFolder folder, Collection<Layer> removed, List<Speech> calibration, int units,
            boolean ridge) {
        int before = folder.config().encoder().linearUnits();
        if (units < 1 || units >= before) {
            throw new ModelException("feed-forward units: expected 1 to " + (before - 1) + ", not " + units);
        }
        Map<String, HostTensor> tensors = new TreeMap<>();
        try (Variant variant = bench.load(folder, Layer.without(folder.config(), removed), Precision.FP32);
                Checkpoint checkpoint = folder.openCheckpoint()) {
            List<String> blocks = Layer.kept(folder.config(), removed).stream().filter(layer -> !layer.decoder())
                    .map(layer -> layer.prefix() + "feed_forward.").toList();
            Activations.each(variant, calibration, blocks.stream().map(block -> block + INNER).toList(), before, (name, inner) ->
                    prune(checkpoint, name.substring(0, name.length() - INNER.length()), inner, units, ridge, tensors));
        }
        return tensors;
    }

    private static void prune(Checkpoint checkpoint, String block, Activations inner, int units, boolean ridge, Map<String, HostTensor> tensors) {
        HostTensor w1 = HostTensor.read(checkpoint, block + "w_1.weight");
        HostTensor b1 = HostTensor.read(checkpoint, block + "w_1.bias");
        HostTensor w2 = HostTensor.read(checkpoint, block + "w_2.weight");
        HostTensor b2 = HostTensor.read(checkpoint, block + "w_2.bias");
        int[] kept = strongest(variances(inner), w2, units);
        int[] dropped = IntStream.range(0, inner.cols()).filter(c -> Arrays.binarySearch(kept, c) < 0).toArray();
        Ridge.Fit fit = Ridge.fit(columns(inner, kept), product(columns(inner, dropped), columns(w2, dropped)), !ridge);
        float[] packed = columns(w2, kept).values();
        float[] bias = b2.values().clone();
        for (int i = 0; i < packed.length; i++) {
            packed[i] += (float) fit.weights()[i];
        }
        for (int i = 0; i < bias.length; i++) {
            bias[i] += (float) fit.bias()[i];
        }
        tensors.put(block + "w_1.weight", rows(w1, kept));
        tensors.put(block + "w_1.bias", new HostTensor(new long[] {units}, rows(new HostTensor(new long[] {b1.values().length, 1}, b1.values()), kept).values()));
        tensors.put(block + "w_2.weight", new HostTensor(new long[] {w2.shape()[0], units}, packed));
        tensors.put(block + "w_2.bias", new HostTensor(b2.shape(), bias));
    }

    private static int[] strongest(double[] variances, HostTensor w2, int units) {
        double[] scores = new double[variances.length];
        for (int i = 0; i < w2.values().length; i++) {
            scores[i % scores.length] += (double) w2.values()[i] * w2.values()[i];
        }
        for (int c = 0; c < scores.length; c++) {
            scores[c] *= variances[c];
        }
        return IntStream.range(0, scores.length).boxed().sorted(Comparator.comparingDouble(c -> -scores[c])).limit(units).mapToInt(c -> c).sorted().toArray();
    }

    static double[] variances(Activations a) {
        double[] sums = new double[a.cols()];
        double[] squares = new double[a.cols()];
        for (int i = 0; i < a.values().length; i++) {
            sums[i % a.cols()] += a.values()[i];
            squares[i % a.cols()] += (double) a.values()[i] * a.values()[i];
        }
        for (int c = 0; c < sums.length; c++) {
            double mean = sums[c] / Math.max(a.rows(), 1);
            squares[c] = squares[c] / Math.max(a.rows(), 1) - mean * mean;
        }
        return squares;
    }

    private static Activations columns(Activations a, int[] chosen) {
        HostTensor all = new HostTensor(new long[] {a.rows(), a.cols()}, a.values());
        return new Activations(chosen.length, columns(all, chosen).values(), a.utterances());
    }

    private static HostTensor columns(HostTensor t, int[] chosen) {
        int rows = (int) t.shape()[0];
        float[] values = new float[rows * chosen.length];
        for (int row = 0; row < rows; row++) {
            for (int c = 0; c < chosen.length; c++) {
                values[row * chosen.length + c] = t.values()[row * t.cols() + chosen[c]];
            }
        }
        return new HostTensor(new long[] {rows, chosen.length}, values);
    }

    private static HostTensor rows(HostTensor t, int[] chosen) {
        float[] values = new float[chosen.length * t.cols()];
        for (int row = 0; row < chosen.length; row++) {
            System.arraycopy(t.values(), chosen[row] * t.cols(), values, row * t.cols(), t.cols());
        }
        return new HostTensor(new long[] {chosen.length, t.cols()}, values);
    }

    /** {@code a · wᵀ}. */
    static Activations product(Activations a, HostTensor w) {
        int out = (int) w.shape()[0];
        float[] values = new float[a.rows() * out];
        for (int row = 0; row < a.rows(); row++) {
            for (int o = 0; o < out; o++) {
                double sum = 0;
                for (int c = 0; c < a.cols(); c++) {
                    sum += (double) a.values()[row * a.cols() + c] * w.values()[o * a.cols() + c];
                }
                values[row * out + o] = (float) sum;
            }
        }
        return new Activations(out, values, a.utterances());
    }
}
