package dev.parasol.weights;

import dev.parasol.files.Shown;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which layers of a model to keep, as a user writes it: {@code 0-5,8,10-49} for encoder layers, counted from 0 over
 * {@code encoders0} and {@code encoders} together, and {@code d0-15} for decoder layers, mixed as one likes. A side of
 * which no layer is named is kept whole. Immutable.
 */
public final class LayerMask {
    /** Keeps every layer. */
    public static final LayerMask ALL = new LayerMask(null, null);

    private static final int MAX_BYTES = 1 << 16;
    /** Nothing is taken before the line's end: an expression that does so tries a run of spaces once for each of them. */
    private static final Pattern LINE_END = Pattern.compile("\\n\\s*+");
    private static final Pattern LOOKS_LIKE_LAYERS = Pattern.compile("[d\\d,\\s-]*");
    private static final Pattern RANGE = Pattern.compile("(?<side>d?)(?<first>\\d{1,6})(?:-(?<last>\\d{1,6}))?");

    /** Null where the side is kept whole. */
    private final BitSet encoder;
    private final BitSet decoder;

    private LayerMask(BitSet encoder, BitSet decoder) {
        this.encoder = encoder;
        this.decoder = decoder;
    }

    /** Reads layers, or the file that is named by {@code @FILE} or by any other text that cannot be a list of layers. */
    public static LayerMask of(String layersOrFile) {
        if (layersOrFile.startsWith("@")) {
            return read(Path.of(layersOrFile.substring(1)));
        }
        return LOOKS_LIKE_LAYERS.matcher(layersOrFile).matches() ? parse(layersOrFile) : read(Path.of(layersOrFile));
    }

    /** Reads a file of layers; a line's end separates like a comma. {@link ModelException} when it cannot be read or understood. */
    public static LayerMask read(Path file) {
        String text = SmallFile.read(file, MAX_BYTES);
        try {
            return parse(text);
        } catch (ModelException e) {
            throw new ModelException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads layers such as {@code 0-5,8,d0-2}.
     *
     * @throws ModelException that names what is empty, reversed, named twice or no layer at all
     */
    public static LayerMask parse(String layers) {
        BitSet encoder = new BitSet();
        BitSet decoder = new BitSet();
        for (String item : layers.split(",", -1)) {
            for (String line : LINE_END.split(item.strip(), -1)) {
                String range = line.strip();
                if (range.isEmpty()) {
                    throw new ModelException("layers to keep: '" + Shown.of(layers.strip()) + "' has an empty item, expected such as 0-5,8,d0-2");
                }
                Matcher matcher = RANGE.matcher(range);
                if (!matcher.matches()) {
                    throw new ModelException("layers to keep: '" + Shown.of(range) + "' is neither a layer nor a range, expected such as 8, 0-5 or d0-2");
                }
                add(matcher.group("side").isEmpty() ? encoder : decoder, matcher, range);
            }
        }
        return new LayerMask(encoder.isEmpty() ? null : encoder, decoder.isEmpty() ? null : decoder);
    }

    private static void add(BitSet side, Matcher matcher, String range) {
        int first = Integer.parseInt(matcher.group("first"));
        int last = matcher.group("last") == null ? first : Integer.parseInt(matcher.group("last"));
        if (last < first) {
            throw new ModelException("layers to keep: the range " + range + " is reversed");
        }
        int again = side.nextSetBit(first);
        if (again >= 0 && again <= last) {
            throw new ModelException("layers to keep: layer " + matcher.group("side") + again + " is named twice, the second time by " + range);
        }
        side.set(first, last + 1);
    }

    boolean namesEncoder() {
        return encoder != null;
    }

    boolean namesDecoder() {
        return decoder != null;
    }

    @Override
    public String toString() {
        return "encoder " + (encoder == null ? "whole" : encoder.toString()) + ", decoder " + (decoder == null ? "whole" : decoder.toString());
    }

    /**
     * The layers of one model.
     *
     * @throws ModelException when the mask names layers that the model does not have, or drops one that it cannot do without
     */
    KeptLayers in(EncoderConfig encoderConfig, DecoderConfig decoderConfig) {
        BitSet encoderLayers = side(encoder, encoderConfig.numBlocks(), "encoder", "");
        BitSet decoderLayers = side(decoder, decoderConfig.numBlocks(), "decoder", "d");
        if (!encoderLayers.get(0) && encoderConfig.inputSize() != encoderConfig.outputSize()) {
            throw new ModelException("layers to keep: encoder layer 0 cannot be dropped, it takes " + encoderConfig.inputSize()
                    + " features to the model's width of " + encoderConfig.outputSize());
        }
        return new KeptLayers(encoderLayers, encoderConfig.numBlocks(), decoderLayers, decoderConfig.numBlocks());
    }

    private static BitSet side(BitSet named, int count, String side, String prefix) {
        if (named == null) {
            BitSet all = new BitSet();
            all.set(0, count);
            return all;
        }
        if (named.length() > count) {
            throw new ModelException("layers to keep: there is no " + side + " layer " + prefix + named.nextSetBit(count) + ", the model has "
                    + prefix + "0 to " + prefix + (count - 1));
        }
        return named;
    }
}
