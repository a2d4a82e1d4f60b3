package dev.parasol.tools.importance;

import dev.parasol.model.Precision;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Evaluator;
import dev.parasol.tools.run.Layer;
import dev.parasol.tools.run.Variant;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Scores of a model's layers by each metric, on calibration recordings; what several metrics need is computed once. Not thread-safe. */
public final class Importance {
    /** Breaks ties between layers that cost the same number of errors. */
    private static final double TIE = 1e-6;

    private final Bench bench;
    private final ModelFolder folder;
    private final List<Speech> calibration;
    private final Evaluator errors;
    private HiddenStates states;

    /** @param errors counts the errors of leave-one-out; null when that is not asked for */
    public Importance(Bench bench, ModelFolder folder, List<Speech> calibration, Evaluator errors) {
        this.bench = bench;
        this.folder = folder;
        this.calibration = List.copyOf(calibration);
        this.errors = errors;
    }

    /**
     * The score of each layer that can be removed; of {@link Metric#ANGULAR} that of runs of one layer. Leave-one-out is the error rate
     * in percent, and layers that cost the same are told apart by a millionth of their block influence.
     *
     * @param done is told of each layer that took forward passes of its own
     */
    public Map<Layer, Double> scores(Metric metric, Consumer<Layer> done) {
        return switch (metric) {
            case BLOCK_INFLUENCE -> states().blockInfluence();
            case CKA -> states().cka();
            case ANGULAR -> {
                Map<Layer, Double> scores = new TreeMap<>();
                states().blockInfluence().keySet().forEach(layer -> scores.put(layer, states().angle(layer, 1)));
                yield scores;
            }
            case TAYLOR -> Taylor.scores(bench, folder, calibration, done);
            case LEAVE_ONE_OUT -> leaveOneOut(done);
        };
    }

    private Map<Layer, Double> leaveOneOut(Consumer<Layer> done) {
        Map<Layer, Double> influence = states().blockInfluence();
        Map<Layer, Double> scores = new TreeMap<>();
        for (Layer layer : Layer.removable(folder.config())) {
            boolean last = layer.decoder() && folder.config().decoder().numBlocks() == 1;
            if (!last) {
                scores.put(layer, errors.rate(folder, List.of(layer)).percent() + TIE * influence.getOrDefault(layer, 0.0));
            }
            done.accept(layer);
        }
        return scores;
    }

    /** The hidden states of the whole model, in fp32. */
    public HiddenStates states() {
        if (states == null) {
            try (Variant whole = bench.load(folder, LayerMask.ALL, Precision.FP32)) {
                states = HiddenStates.of(whole, calibration);
            }
        }
        return states;
    }
}
