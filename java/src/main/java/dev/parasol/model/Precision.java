package dev.parasol.model;

import dev.parasol.cuda.DataType;
import java.util.Locale;

/** The type of the matrices that are multiplied. Residual streams, norms' statistics, softmax and CIF are fp32 in both. */
public enum Precision {
    /** Everything in fp32: the reference. */
    FP32(DataType.F32),
    /** fp16 factors, fp32 sums. */
    FP16(DataType.F16);

    private final DataType matrixType;

    Precision(DataType matrixType) {
        this.matrixType = matrixType;
    }

    /** The type of weights and of what they are multiplied with. */
    public DataType matrixType() {
        return matrixType;
    }

    /** Reads {@code fp32} or {@code fp16} in any case; {@link IllegalArgumentException} with a message for the user otherwise. */
    public static Precision parse(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "fp32" -> FP32;
            case "fp16" -> FP16;
            default -> throw new IllegalArgumentException("'" + text + "' is no precision; there are fp32 and fp16");
        };
    }
}
