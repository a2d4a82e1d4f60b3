package dev.parasol.weights;

import java.util.BitSet;
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

    private static String part(BitSet kept, int count, String side) {
        return kept.cardinality() == count ? "" : kept.cardinality() + " of " + count + " " + side + " layers";
    }
}
