package dev.parasol.tools.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.scoring.ErrorRate;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.importance.Importance;
import dev.parasol.tools.importance.Metric;
import dev.parasol.tools.prune.Healing;
import dev.parasol.tools.prune.Removals;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Evaluator;
import dev.parasol.tools.run.Layer;
import dev.parasol.tools.tensors.EditedCheckpoint;
import dev.parasol.weights.ModelConfig;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The curve of errors by number of layers removed, for each importance metric, random removal and removal layer by layer of what costs least
 * (greedy), with and without healing. Sets of layers that several of them choose are measured once; every measurement is kept in the
 * journal. Not thread-safe.
 */
final class PruningStudy {
    static final String RANDOM = "random";
    static final String GREEDY = "greedy";

    private final ObjectMapper mapper = new ObjectMapper();
    private final Journal journal;
    private final Bench bench;
    private final ModelFolder folder;
    private final List<Speech> calibration;
    private final Evaluator errors;
    private final Importance importance;
    private final Consumer<String> progress;

    /** @param progress is told of each measurement when it is begun */
    PruningStudy(Journal journal, Bench bench, ModelFolder folder, List<Speech> calibration, Evaluator errors, Consumer<String> progress) {
        this.journal = journal;
        this.bench = bench;
        this.folder = folder;
        this.calibration = calibration;
        this.errors = errors;
        this.importance = new Importance(bench, folder, calibration, errors);
        this.progress = progress;
    }

    /** The points of removing {@code counts} layers by a strategy; without any removed there is one point, at 0. */
    List<CurvePoint> curve(String strategy, long seed, List<Integer> counts, Healing.Kind healing) {
        List<CurvePoint> points = new ArrayList<>();
        for (int count : counts) {
            List<Layer> removed = removed(strategy, seed, count, healing);
            measured(removed, removed.isEmpty() ? Healing.Kind.NONE : healing)
                    .forEach((set, rate) -> points.add(new CurvePoint(strategy, seed, healing, removed, set, rate)));
        }
        return points;
    }

    /** The layers that a strategy removes; the greedy one alone looks at how they are healed. */
    List<Layer> removed(String strategy, long seed, int count, Healing.Kind healing) {
        ModelConfig config = folder.config();
        if (count == 0) {
            return List.of();
        }
        if (strategy.equals(RANDOM)) {
            return Removals.random(config, seed, count);
        }
        if (strategy.equals(GREEDY)) {
            return greedy(count, healing);
        }
        Metric metric = Metric.valueOf(strategy.toUpperCase(java.util.Locale.ROOT).replace('-', '_'));
        if (metric == Metric.ANGULAR) {
            JsonNode run = journal.get("run/" + count, () -> {
                progress.accept("hidden states");
                return mapper.valueToTree(Removals.run(config, importance.states(), count).stream().map(Layer::toString).toList());
            });
            List<Layer> layers = new ArrayList<>();
            run.forEach(layer -> layers.add(Layer.parse(layer.asText())));
            return layers;
        }
        return Removals.lowest(config, scores(metric), count);
    }

    /** Scores of the layers by a metric. */
    Map<Layer, Double> scores(Metric metric) {
        JsonNode found = journal.get("scores/" + metric.label(), () -> {
            ObjectNode node = mapper.createObjectNode();
            progress.accept(metric.label());
            importance.scores(metric, layer -> progress.accept(metric.label() + " " + layer))
                    .forEach((layer, score) -> node.put(layer.toString(), score));
            return node;
        });
        Map<Layer, Double> scores = new TreeMap<>();
        found.fields().forEachRemaining(field -> scores.put(Layer.parse(field.getKey()), field.getValue().asDouble()));
        return scores;
    }

    /** Takes away, one after another, the layer whose removal adds the fewest errors to what is left, healed as it will be. Unhealed, the first is leave-one-out's. */
    private List<Layer> greedy(int count, Healing.Kind healing) {
        if (count == 0) {
            return List.of();
        }
        if (count == 1 && healing == Healing.Kind.NONE) {
            return Removals.lowest(folder.config(), scores(Metric.LEAVE_ONE_OUT), 1);
        }
        List<Layer> before = greedy(count - 1, healing);
        Map<Layer, Double> cost = new TreeMap<>();
        for (Layer layer : Layer.removable(folder.config())) {
            List<Layer> more = Stream.concat(before.stream(), Stream.of(layer)).sorted().toList();
            boolean possible = !before.contains(layer)
                    && more.stream().filter(Layer::decoder).count() < folder.config().decoder().numBlocks();
            if (possible) {
                Map<String, ErrorRate> rates = measured(more, healing);
                cost.put(layer, rates.getOrDefault(Evaluator.ALL, rates.values().iterator().next()).percent());
            }
        }
        List<Layer> next = new ArrayList<>(before);
        next.addAll(Removals.lowest(folder.config(), cost, 1));
        return next.stream().sorted().toList();
    }

    /** The error rate on each set with these layers removed. */
    Map<String, ErrorRate> measured(List<Layer> removed, Healing.Kind healing) {
        String key = "errors/" + removed.stream().map(Layer::toString).collect(Collectors.joining(",")) + "/" + healing;
        JsonNode found = journal.get(key, () -> {
            progress.accept(key);
            ObjectNode node = mapper.createObjectNode();
            Healing.Result healed = Healing.heal(bench, folder, removed, calibration, healing);
            ArrayNode patches = node.putArray("patches");
            healed.patches().forEach(p -> patches.addObject().put("layer", p.layer().toString()).put("penalty", Double.toString(p.penalty()))
                    .put("before", p.before()).put("after", p.after()));
            MeasuredRates.put(node, errors.rates(folder.withWeights(EditedCheckpoint.replacing(healed.tensors())), removed));
            return node;
        });
        return MeasuredRates.of(found);
    }
}
