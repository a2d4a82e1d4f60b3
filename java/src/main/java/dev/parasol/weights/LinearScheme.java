package dev.parasol.weights;

import dev.parasol.files.Shown;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The numbers that one linear layer multiplies. INT8 is symmetric: a weight is a whole number from -127 to 127 times its output channel's scale. */
public enum LinearScheme {
    /** Not quantized: weights and activations in the model's floating type. */
    FP16,
    /** Weights in int8, multiplied in fp16. */
    INT8_WEIGHTS,
    /** Weights and activations in int8; the activations' scales are taken from the row itself, one a token or one a token and 128 columns. */
    INT8_DYNAMIC,
    /** Weights and activations in int8; one calibrated scale for all activations, which the checkpoint must have. */
    INT8_STATIC;

    /** What {@link LinearScheme} is called in files: {@code fp16}, {@code int8-weights}, {@code int8-dynamic} or {@code int8-static}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the weights are int8 on the device. */
    public boolean quantized() {
        return this != FP16;
    }

    /** Whether the activations are int8 too, and the product one of whole numbers. */
    public boolean quantizesActivations() {
        return this == INT8_DYNAMIC || this == INT8_STATIC;
    }

    /** The scheme of that name; {@link ModelException} where there is none, which says what there is. */
    public static LinearScheme parse(String text) {
        return Arrays.stream(values()).filter(scheme -> scheme.text().equals(text)).findFirst().orElseThrow(() -> new ModelException("the scheme '"
                + Shown.of(text) + "' is unknown, expected " + Arrays.stream(values()).map(LinearScheme::text).collect(Collectors.joining(", "))));
    }
}
