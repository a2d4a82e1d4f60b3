package dev.parasol.weights;

import dev.parasol.files.Shown;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The layers of one model that are kept. Layers keep their numbers, and with them their names, whatever is dropped before
 * them: encoder layers are counted from 0 over {@code encoders0} and {@code encoders} together. Immutable.
 */
public final class KeptLayers {
    private final BitSet encoder;
    private final int encoderCount;
    private final BitSet decoder;
    private final int decoderCount;

    KeptLayers(BitSet encoder, int encoderCount, BitSet decoder, int decoderCount) {
        this.encoder = encoder;
        this.encoderCount = encoderCount;
        this.decoder = decoder;
        this.decoderCount = decoderCount;
    }

    /** Every layer. */
    public static KeptLayers all(ModelConfig config) {
        return of(config, LayerMask.ALL);
    }

    /**
     * The layers that {@code mask} keeps.
     *
     * @throws ModelException when the mask names layers that the model does not have, or drops one that it cannot do without
     */
    public static KeptLayers of(ModelConfig config, LayerMask mask) {
        return mask.in(config.encoder(), config.decoder());
    }

    /**
     * Of these layers, which are all that {@code source} holds, the ones that {@code mask} names; a side that it does not
     * name stays as it is.
     *
     * @throws ModelException when the mask names a layer that is not among these
     */
    KeptLayers narrowed(ModelConfig config, LayerMask mask, String source) {
        KeptLayers wanted = of(config, mask);
        BitSet encoderLayers = mask.namesEncoder() ? within(wanted.encoder, encoder, "encoder", "", source) : encoder;
        BitSet decoderLayers = mask.namesDecoder() ? within(wanted.decoder, decoder, "decoder", "d", source) : decoder;
        return new KeptLayers(encoderLayers, encoderCount, decoderLayers, decoderCount);
    }

    private static BitSet within(BitSet wanted, BitSet held, String side, String prefix, String source) {
        BitSet missing = (BitSet) wanted.clone();
        missing.andNot(held);
        if (!missing.isEmpty()) {
            throw new ModelException("layers to keep: " + source + " has no " + side + " layer " + prefix + missing.nextSetBit(0)
                    + ", it was pruned to " + Shown.of(ranges(held, prefix)));
        }
        return wanted;
    }

    /** Numbers of the encoder's layers, ascending; at least one. */
    public int[] encoder() {
        return encoder.stream().toArray();
    }

    /** Numbers of the decoder's layers with cross-attention, ascending; at least one. */
    public int[] decoder() {
        return decoder.stream().toArray();
    }

    /** Whether a tensor belongs to a layer that is dropped. */
    public boolean drops(String tensor) {
        for (int layer = encoder.nextClearBit(0); layer < encoderCount; layer = encoder.nextClearBit(layer + 1)) {
            if (tensor.startsWith(ModelTensors.encoderLayer(layer))) {
                return true;
            }
        }
        for (int layer = decoder.nextClearBit(0); layer < decoderCount; layer = decoder.nextClearBit(layer + 1)) {
            if (tensor.startsWith(ModelTensors.decoderLayer(layer))) {
                return true;
            }
        }
        return false;
    }

    /** A sentence for the user; empty when nothing is dropped. */
    public Optional<String> notice() {
        String encoderPart = part(encoder, encoderCount, "encoder");
        String decoderPart = part(decoder, decoderCount, "decoder");
        if (encoderPart.isEmpty() && decoderPart.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of("kept " + encoderPart + (encoderPart.isEmpty() || decoderPart.isEmpty() ? "" : " and ") + decoderPart);
    }

    /** All layers of both sides as {@link LayerMask#parse} reads them: {@code 0-8,10-49,d0-15}. */
    public String text() {
        return ranges(encoder, "") + "," + ranges(decoder, "d");
    }

    private static String ranges(BitSet layers, String prefix) {
        List<String> ranges = new ArrayList<>();
        for (int first = layers.nextSetBit(0); first >= 0; first = layers.nextSetBit(layers.nextClearBit(first))) {
            int last = layers.nextClearBit(first) - 1;
            ranges.add(prefix + first + (last > first ? "-" + last : ""));
        }
        return String.join(",", ranges);
    }

    private static String part(BitSet kept, int count, String side) {
        return kept.cardinality() == count ? "" : kept.cardinality() + " of " + count + " " + side + " layers";
    }
}
