package dev.parasol.tools.prune;

import dev.parasol.tools.importance.HiddenStates;
import dev.parasol.tools.run.Layer;
import dev.parasol.weights.ModelConfig;
import dev.parasol.weights.ModelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Which layers go, given how many. A layer of the decoder is always left. */
public final class Removals {
    private Removals() {}

    /** The layers with the lowest scores, ascending by number. */
    public static List<Layer> lowest(ModelConfig config, Map<Layer, Double> scores, int count) {
        List<Layer> order = new ArrayList<>(scores.keySet());
        order.sort(Comparator.comparingDouble((Layer layer) -> scores.get(layer)).thenComparing(Comparator.naturalOrder()));
        return first(config, order, count);
    }

    /** Any layers, by a seed; the layers of a lower count are among those of a higher one. */
    public static List<Layer> random(ModelConfig config, long seed, int count) {
        List<Layer> order = new ArrayList<>(Layer.removable(config));
        Collections.shuffle(order, new Random(seed));
        return first(config, order, count);
    }

    /** The run of the encoder's layers over which hidden states turn least. */
    public static List<Layer> run(ModelConfig config, HiddenStates states, int count) {
        List<Layer> best = List.of();
        double least = Double.POSITIVE_INFINITY;
        for (Layer layer : Layer.removable(config)) {
            if (layer.decoder() || layer.index() == 0) {
                continue;
            }
            double angle = states.angle(layer, count);
            if (angle < least) {
                least = angle;
                best = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    best.add(new Layer(false, layer.index() + i));
                }
            }
        }
        if (best.isEmpty() && count > 0) {
            throw tooMany(count);
        }
        return best;
    }

    private static List<Layer> first(ModelConfig config, List<Layer> order, int count) {
        List<Layer> removed = new ArrayList<>();
        int decoder = config.decoder().numBlocks();
        int encoder = config.encoder().numBlocks();
        for (Layer layer : order) {
            int left = layer.decoder() ? decoder : encoder;
            if (removed.size() < count && left > 1) {
                removed.add(layer);
                decoder -= layer.decoder() ? 1 : 0;
                encoder -= layer.decoder() ? 0 : 1;
            }
        }
        if (removed.size() < count) {
            throw tooMany(count);
        }
        Collections.sort(removed);
        return removed;
    }

    private static ModelException tooMany(int count) {
        return new ModelException(count + " layers cannot be removed from this model");
    }
}
