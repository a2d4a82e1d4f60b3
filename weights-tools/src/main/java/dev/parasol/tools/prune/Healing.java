package dev.parasol.tools.prune;

import dev.parasol.model.Precision;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.run.Activations;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Layer;
import dev.parasol.tools.run.Variant;
import dev.parasol.tools.tensors.EditedCheckpoint;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Mends a model whose layers were removed, without training and without a new operator. The layer in front of a removed run ends in a
 * linear projection of something h into the residual stream ({@code feed_forward.w_2} in the encoder, {@code src_attn.linear_out} in the
 * decoder), so that {@code x = … + W h + b}. Its weights and bias become those that bring x closest to what the whole model has behind
 * the run: {@code dW, db = argmin |x + dW h + db - target|² + l |dW|²}, a ridge regression over calibration recordings; or db alone, the
 * mean of the difference. Shapes stay as they are. Runs are mended from the first on, each on what the mended layers before it
 * give. A run at the decoder's beginning has no layer in front of it and is left.
 *
 * <p>Tokens can be compared only where the pruned encoder fires as many as the whole one: other recordings do not count there.
 */
public final class Healing {
    /** What may change. */
    public enum Kind {
        NONE,
        BIAS,
        RIDGE
    }

    /**
     * What was mended.
     *
     * @param before mean square of the difference on recordings that the fit did not see
     * @param after what is left of it
     */
    public record Patch(Layer layer, List<Layer> run, double penalty, double before, double after) {}

    /** New tensors by name, and how well each fits. */
    public record Result(Map<String, HostTensor> tensors, List<Patch> patches) {}

    private Healing() {}

    /** Mends {@code folder} with {@code removed} layers taken away. */
    public static Result heal(Bench bench, ModelFolder folder, Collection<Layer> removed, List<Speech> calibration, Kind kind) {
        Map<String, HostTensor> tensors = new TreeMap<>();
        List<Patch> patches = new ArrayList<>();
        List<List<Layer>> runs = kind == Kind.NONE ? List.of() : runs(removed);
        if (runs.isEmpty()) {
            return new Result(tensors, patches);
        }
        List<Activations> targets;
        try (Variant whole = bench.load(folder, LayerMask.ALL, Precision.FP32)) {
            targets = Activations.capture(whole, calibration, runs.stream().map(run -> run.get(run.size() - 1).output()).toList());
        }
        for (int i = 0; i < runs.size(); i++) {
            List<Layer> run = runs.get(i);
            Layer front = new Layer(run.get(0).decoder(), run.get(0).index() - 1);
            String projection = front.prefix() + (front.decoder() ? "src_attn.linear_out" : "feed_forward.w_2");
            ModelFolder mended = folder.withWeights(EditedCheckpoint.replacing(tensors));
            List<Activations> pruned;
            try (Variant variant = bench.load(mended, Layer.without(folder.config(), removed), Precision.FP32)) {
                pruned = Activations.capture(variant, calibration, List.of(projection + ".in", front.output()));
            }
            Activations target = targets.get(i);
            boolean[] comparable = comparable(target, pruned.get(1));
            Activations inputs = pruned.get(0).only(u -> comparable[u]);
            Activations differences = difference(target.only(u -> comparable[u]), pruned.get(1).only(u -> comparable[u]));
            if (inputs.rows() == 0) {
                continue;
            }
            Ridge.Fit fit = Ridge.fit(inputs, differences, kind == Kind.BIAS);
            try (Checkpoint checkpoint = mended.openCheckpoint()) {
                tensors.put(projection + ".weight", sum(HostTensor.read(checkpoint, projection + ".weight"), fit.weights()));
                tensors.put(projection + ".bias", sum(HostTensor.read(checkpoint, projection + ".bias"), fit.bias()));
            }
            patches.add(new Patch(front, run, fit.penalty(), fit.before(), fit.after()));
        }
        return new Result(tensors, patches);
    }

    /** Runs of neighbours that have a layer in front of them. */
    static List<List<Layer>> runs(Collection<Layer> removed) {
        List<List<Layer>> runs = new ArrayList<>();
        Layer previous = null;
        for (Layer layer : removed.stream().sorted().toList()) {
            if (previous == null || previous.decoder() != layer.decoder() || previous.index() + 1 != layer.index()) {
                runs.add(new ArrayList<>());
            }
            runs.get(runs.size() - 1).add(layer);
            previous = layer;
        }
        runs.removeIf(run -> run.get(0).index() == 0);
        return runs;
    }

    private static boolean[] comparable(Activations a, Activations b) {
        boolean[] same = new boolean[a.utterances().length - 1];
        for (int i = 0; i < same.length; i++) {
            same[i] = a.utterances()[i + 1] - a.utterances()[i] == b.utterances()[i + 1] - b.utterances()[i];
        }
        return same;
    }

    private static Activations difference(Activations a, Activations b) {
        float[] values = new float[a.values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = a.values()[i] - b.values()[i];
        }
        return new Activations(a.cols(), values, a.utterances());
    }

    private static HostTensor sum(HostTensor tensor, double[] change) {
        float[] values = new float[change.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (tensor.values()[i] + change[i]);
        }
        return new HostTensor(tensor.shape(), values);
    }
}
