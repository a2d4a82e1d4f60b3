package dev.parasol.model;

import dev.parasol.cuda.DataType;

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
}
