package dev.parasol.tools.importance;

import dev.parasol.model.Precision;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Layer;
import dev.parasol.tools.run.Variant;
import dev.parasol.tools.tensors.EditedCheckpoint;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * First-order Taylor importance without gradients. When a layer's branch is multiplied by {@code f}, removing it is the step from
 * {@code f = 1} to 0, whose first-order term is {@code |dL/df|} at 1. That derivative, in the one direction that matters, is
 * taken by a central difference, two forward passes a layer: {@code (L(1 + e) - L(1 - e)) / 2e} with e = 0.05. It equals the sum
 * of {@code g w} over the weights that end the branch, which is what the usual form adds up from a backward pass.
 */
final class Taylor {
    private static final double STEP = 0.05;

    private Taylor() {}

    static Map<Layer, Double> scores(Bench bench, ModelFolder folder, List<Speech> speech, Consumer<Layer> done) {
        SelfLoss loss;
        try (Variant whole = bench.load(folder, LayerMask.ALL, Precision.FP32)) {
            loss = new SelfLoss(whole, speech);
        }
        Map<Layer, Double> scores = new TreeMap<>();
        for (Layer layer : Layer.removable(folder.config())) {
            double[] more = losses(bench, folder, layer, 1 + STEP, loss);
            double[] less = losses(bench, folder, layer, 1 - STEP, loss);
            double sum = 0;
            int count = 0;
            for (int i = 0; i < more.length; i++) {
                if (!Double.isNaN(more[i]) && !Double.isNaN(less[i])) {
                    sum += (more[i] - less[i]) / (2 * STEP);
                    count++;
                }
            }
            scores.put(layer, count == 0 ? Double.POSITIVE_INFINITY : Math.abs(sum / count));
            done.accept(layer);
        }
        return scores;
    }

    private static double[] losses(Bench bench, ModelFolder folder, Layer layer, double factor, SelfLoss loss) {
        Map<String, HostTensor> changed;
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            changed = Branch.scaled(checkpoint, folder.config(), layer, factor);
        }
        try (Variant variant = bench.load(folder.withWeights(EditedCheckpoint.replacing(changed)), LayerMask.ALL, Precision.FP32)) {
            return loss.of(variant);
        }
    }
}
