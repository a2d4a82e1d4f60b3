package dev.parasol.tools.prune;

import dev.parasol.model.Precision;
import dev.parasol.model.StageRecorder;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.run.Activations;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Layer;
import dev.parasol.tools.run.Variant;
import dev.parasol.tools.tensors.EditedCheckpoint;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * 2:4 sparse weights, mended on calibration recordings in closed form, layer after layer, each on what the sparse layers before it give.
 *
 * <p>{@link Healing.Kind#RIDGE} chooses and refits the weights as SparseGPT does (Frantar and Alistarh 2023, with the whole matrix as one
 * block): columns are gone through from the first on, of each row's four neighbours the two go whose loss costs least, and
 * what goes is made up for by the columns behind it. {@link Healing.Kind#BIAS} leaves the choice to magnitudes. Both move
 * the bias, where a layer has one, by the mean of what is lost.
 */
public final class TwoFourFit {
    private static final int GROUP = 4;
    /** SparseGPT's: of the mean diagonal of the covariance. */
    private static final double DAMPING = 0.01;
    private static final String WEIGHT = ".weight";

    private TwoFourFit() {}

    /** The tensors that change, by name. {@code kind} is not {@link Healing.Kind#NONE}. */
    public static Map<String, HostTensor> fit(Bench bench, ModelFolder folder, Collection<Layer> removed, List<Speech> calibration, Healing.Kind kind) {
        Map<String, HostTensor> tensors = new TreeMap<>();
        for (List<String> layer : layers(folder, removed)) {
            ModelFolder sparse = folder.withWeights(EditedCheckpoint.replacing(tensors));
            List<Activations> inputs;
            try (Variant variant = bench.load(sparse, Layer.without(folder.config(), removed), Precision.FP32)) {
                inputs = Activations.capture(variant, calibration, layer.stream().map(name -> name + StageRecorder.INPUT).toList());
            }
            try (Checkpoint checkpoint = folder.openCheckpoint()) {
                for (int i = 0; i < layer.size(); i++) {
                    fit(checkpoint, layer.get(i), inputs.get(i), kind, tensors);
                }
            }
        }
        return tensors;
    }

    /** Names of the linear layers, those of one layer together, in the order of the pass. */
    private static List<List<String>> layers(ModelFolder folder, Collection<Layer> removed) {
        Map<String, List<String>> layers = new LinkedHashMap<>();
        Layer.kept(folder.config(), removed).forEach(layer -> layers.put(layer.prefix(), new ArrayList<>()));
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            for (String name : checkpoint.names()) {
                if (TwoFour.sparse(checkpoint.info(name)) && removed.stream().noneMatch(layer -> name.startsWith(layer.prefix()))) {
                    String prefix = name.replaceFirst("(self_attn|src_attn|feed_forward)\\..*", "");
                    layers.computeIfAbsent(prefix, p -> new ArrayList<>()).add(name.substring(0, name.length() - WEIGHT.length()));
                }
            }
        }
        return List.copyOf(layers.values());
    }

    private static void fit(Checkpoint checkpoint, String name, Activations inputs, Healing.Kind kind, Map<String, HostTensor> tensors) {
        HostTensor weight = HostTensor.read(checkpoint, name + WEIGHT);
        boolean biased = checkpoint.names().contains(name + ".bias");
        double[] mean = biased ? mean(inputs) : new double[inputs.cols()];
        float[] sparse = kind == Healing.Kind.RIDGE ? refitted(weight, inputs, mean) : masked(weight);
        tensors.put(name + WEIGHT, new HostTensor(weight.shape(), sparse));
        if (biased) {
            HostTensor bias = HostTensor.read(checkpoint, name + ".bias");
            for (int i = 0; i < sparse.length; i++) {
                bias.values()[i / mean.length] += (float) ((weight.values()[i] - sparse[i]) * mean[i % mean.length]);
            }
            tensors.put(name + ".bias", bias);
        }
    }

    private static float[] masked(HostTensor weight) {
        float[] sparse = weight.values().clone();
        for (int at = 0; at < sparse.length; at += GROUP) {
            double[] costs = new double[GROUP];
            for (int i = 0; i < GROUP; i++) {
                costs[i] = Math.abs(sparse[at + i]);
            }
            int kept = kept(costs);
            for (int i = 0; i < GROUP; i++) {
                sparse[at + i] = (kept >> i & 1) == 0 ? 0 : sparse[at + i];
            }
        }
        return sparse;
    }

    /** Two of four, as bits: the dearest, of equals the later. */
    private static int kept(double[] costs) {
        int kept = 0;
        for (int i = 0; i < GROUP; i++) {
            int dearer = 0;
            for (int j = 0; j < GROUP; j++) {
                dearer += costs[j] > costs[i] || costs[j] == costs[i] && j > i ? 1 : 0;
            }
            kept |= dearer < GROUP / 2 ? 1 << i : 0;
        }
        return kept;
    }

    static float[] refitted(HostTensor weight, Activations inputs, double[] mean) {
        int n = inputs.cols();
        double[][] factor = inverseFactor(covariance(inputs, mean));
        float[] sparse = new float[weight.values().length];
        double[] row = new double[n];
        double[] costs = new double[GROUP];
        for (int from = 0; from < sparse.length; from += n) {
            for (int j = 0; j < n; j++) {
                row[j] = weight.values()[from + j];
            }
            int kept = 0;
            for (int j = 0; j < n; j++) {
                if (j % GROUP == 0) {
                    for (int i = 0; i < GROUP; i++) {
                        costs[i] = Math.abs(row[j + i]) / factor[j + i][j + i];
                    }
                    kept = kept(costs);
                }
                if ((kept >> j % GROUP & 1) != 0) {
                    sparse[from + j] = (float) row[j];
                    continue;
                }
                double lost = row[j] / factor[j][j];
                for (int k = j; k < n; k++) {
                    row[k] -= lost * factor[j][k];
                }
            }
        }
        return sparse;
    }

    /** The upper factor of the inverse. */
    private static double[][] inverseFactor(double[][] covariance) {
        int n = covariance.length;
        double trace = 0;
        for (int i = 0; i < n; i++) {
            trace += covariance[i][i];
        }
        double[][] inverse = new double[n][n];
        for (int i = 0; i < n; i++) {
            inverse[i][i] = 1;
        }
        Cholesky.solve(Cholesky.of(covariance, DAMPING * trace / n + Double.MIN_NORMAL), inverse);
        return Cholesky.of(inverse, 0);
    }

    private static double[][] covariance(Activations a, double[] mean) {
        int n = a.cols();
        double[][] sums = new double[n][n];
        double[] x = new double[n];
        for (int row = 0; row < a.rows(); row++) {
            for (int i = 0; i < n; i++) {
                x[i] = a.values()[row * n + i] - mean[i];
            }
            for (int i = 0; i < n; i++) {
                for (int j = 0; j <= i && x[i] != 0; j++) {
                    sums[i][j] += x[i] * x[j];
                }
            }
        }
        return sums;
    }

    private static double[] mean(Activations a) {
        double[] mean = new double[a.cols()];
        for (int i = 0; i < a.values().length; i++) {
            mean[i % mean.length] += a.values()[i] / (double) a.rows();
        }
        return mean;
    }
}
