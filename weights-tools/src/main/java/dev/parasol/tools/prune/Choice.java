package dev.parasol.tools.prune;

import dev.parasol.tools.importance.Importance;
import dev.parasol.tools.importance.Metric;
import dev.parasol.tools.run.Evaluator;
import dev.parasol.tools.run.Layer;
import dev.parasol.weights.ModelConfig;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Ways to choose the layers that go. */
public final class Choice {
    private final ModelFolder folder;
    private final Importance importance;
    private final Consumer<Layer> progress;

    /** @param progress is told of each layer that took forward passes of its own */
    public Choice(ModelFolder folder, Importance importance, Consumer<Layer> progress) {
        this.folder = folder;
        this.importance = importance;
        this.progress = progress;
    }

    /** As many as that, the least important by a metric; by angles the run of encoder layers that turns least. */
    public List<Layer> count(Metric metric, int count) {
        ModelConfig config = folder.config();
        return metric == Metric.ANGULAR
                ? Removals.run(config, importance.states(), count)
                : Removals.lowest(config, importance.scores(metric, progress), count);
    }

    /** All that score below a threshold, the least important first, as far as a side keeps a layer. */
    public List<Layer> below(Metric metric, double threshold) {
        Map<Layer, Double> low = new TreeMap<>(importance.scores(metric, progress));
        low.values().removeIf(score -> !(score < threshold));
        ModelConfig config = folder.config();
        int decoder = (int) low.keySet().stream().filter(Layer::decoder).count();
        int encoder = low.size() - decoder;
        return Removals.lowest(config, low, Math.min(decoder, config.decoder().numBlocks() - 1) + Math.min(encoder, config.encoder().numBlocks() - 1));
    }

    /**
     * One after another the layer whose removal costs least, while the error rate rises by no more than {@code budget} points above the
     * whole model's. Errors are counted on layers removed and not healed.
     */
    public List<Layer> within(Evaluator errors, double budget) {
        double most = errors.rate(folder, List.of()).percent() + budget;
        List<Layer> removed = new ArrayList<>();
        while (true) {
            Map<Layer, Double> rates = new TreeMap<>();
            for (Layer layer : Layer.removable(folder.config())) {
                List<Layer> more = new ArrayList<>(removed);
                more.add(layer);
                if (!removed.contains(layer) && leavesSome(more)) {
                    rates.put(layer, errors.rate(folder, more).percent());
                }
                progress.accept(layer);
            }
            Layer next = rates.isEmpty() ? null : Removals.lowest(folder.config(), rates, 1).get(0);
            if (next == null || rates.get(next) > most) {
                return removed.stream().sorted().toList();
            }
            removed.add(next);
        }
    }

    private boolean leavesSome(List<Layer> removed) {
        long decoder = removed.stream().filter(Layer::decoder).count();
        return decoder < folder.config().decoder().numBlocks() && removed.size() - decoder < folder.config().encoder().numBlocks();
    }
}
