package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.LinearSchemes;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The type of the matrices that are multiplied. Residual streams, norms' statistics, softmax and CIF are fp32 in all of them; in the latter two CIF's
 * convolution and the output layer are fp16.
 */
public enum Precision {
    /** Everything in fp32: the reference. */
    FP32(DataType.F32, LinearScheme.FP16),
    /** fp16 factors, fp32 sums. */
    FP16(DataType.F16, LinearScheme.FP16),
    /** int8 factors, sums of whole numbers; activations are quantized with scales of their own. */
    INT8(DataType.F16, LinearScheme.INT8_DYNAMIC),
    /** int8 weights, multiplied as fp16. */
    INT8_WEIGHTS(DataType.F16, LinearScheme.INT8_WEIGHTS);

    private final DataType matrixType;
    private final LinearScheme scheme;

    Precision(DataType matrixType, LinearScheme scheme) {
        this.matrixType = matrixType;
        this.scheme = scheme;
    }

    /** The type of the weights that are not quantized and of what they are multiplied with. */
    public DataType matrixType() {
        return matrixType;
    }

    /** What users call it: {@code fp32}, {@code fp16}, {@code int8} or {@code int8-weights}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The precision that users call so. */
    public static Optional<Precision> parse(String text) {
        return Arrays.stream(values()).filter(precision -> precision.text().equalsIgnoreCase(text)).findFirst();
    }

    /** This precision as the schemes of the linear layers. */
    public LinearSchemes schemes() {
        return scheme.quantized() ? LinearSchemes.uniform(text(), scheme) : LinearSchemes.unquantized(matrixType);
    }
}
