package dev.parasol.tools.run;

import dev.parasol.weights.KeptLayers;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelConfig;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelTensors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One layer of a model, written as in {@code --keep-layers}: {@code 5}, or {@code d1} of the decoder.
 *
 * @param decoder of the decoder's layers with cross-attention
 * @param index counted from 0, in the encoder over {@code encoders0} and {@code encoders} together
 */
public record Layer(boolean decoder, int index) implements Comparable<Layer> {
    /** The model's layers that can be removed: where widths differ, the first cannot. */
    public static List<Layer> removable(ModelConfig config) {
        List<Layer> layers = new ArrayList<>();
        for (int i = config.encoder().inputSize() == config.encoder().outputSize() ? 0 : 1; i < config.encoder().numBlocks(); i++) {
            layers.add(new Layer(false, i));
        }
        for (int i = 0; i < config.decoder().numBlocks(); i++) {
            layers.add(new Layer(true, i));
        }
        return layers;
    }

    /** Reads {@code 5}, {@code d1}; {@link ModelException} for anything else. */
    public static Layer parse(String text) {
        if (!text.matches("d?\\d{1,6}")) {
            throw new ModelException("'" + text + "' is no layer, expected such as 5 or d1");
        }
        boolean decoder = text.startsWith("d");
        return new Layer(decoder, Integer.parseInt(decoder ? text.substring(1) : text));
    }

    /** The mask that keeps all but {@code removed}; {@link ModelException} when nothing of a side is left, or a layer cannot be done without. */
    public static LayerMask without(ModelConfig config, Collection<Layer> removed) {
        LayerMask mask = LayerMask.parse(kept(config, removed).stream().map(Layer::toString).collect(Collectors.joining(",")));
        KeptLayers.of(config, mask);
        return mask;
    }

    /** All layers but {@code removed}, the encoder's first, ascending; {@link ModelException} when nothing of a side is left. */
    public static List<Layer> kept(ModelConfig config, Collection<Layer> removed) {
        List<Layer> kept = new ArrayList<>();
        for (boolean decoder : new boolean[] {false, true}) {
            int count = decoder ? config.decoder().numBlocks() : config.encoder().numBlocks();
            int before = kept.size();
            for (int i = 0; i < count; i++) {
                if (!removed.contains(new Layer(decoder, i))) {
                    kept.add(new Layer(decoder, i));
                }
            }
            if (kept.size() == before) {
                throw new ModelException("no layer of the " + (decoder ? "decoder" : "encoder") + " would be left");
            }
        }
        for (Layer layer : removed) {
            int count = layer.decoder ? config.decoder().numBlocks() : config.encoder().numBlocks();
            if (layer.index >= count) {
                throw new ModelException("there is no layer " + layer + ", the model has " + new Layer(layer.decoder, 0) + " to " + new Layer(layer.decoder, count - 1));
            }
        }
        return kept;
    }

    /** Begins the names of its tensors. */
    public String prefix() {
        return decoder ? ModelTensors.decoderLayer(index) : ModelTensors.encoderLayer(index);
    }

    /** The stage that it leaves. */
    public String output() {
        return prefix() + "out";
    }

    /** The stage that it begins with; {@link IllegalArgumentException} for the encoder's first, which has other units. */
    public String input() {
        if (index > 0) {
            return new Layer(decoder, index - 1).output();
        }
        if (!decoder) {
            throw new IllegalArgumentException("the encoder's first layer takes features");
        }
        return "acoustic_embeds";
    }

    @Override
    public int compareTo(Layer other) {
        return decoder != other.decoder ? Boolean.compare(decoder, other.decoder) : Integer.compare(index, other.index);
    }

    @Override
    public String toString() {
        return (decoder ? "d" : "") + index;
    }
}
