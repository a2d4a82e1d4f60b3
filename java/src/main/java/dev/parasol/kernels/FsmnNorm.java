package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * FSMN memory added to the residual stream, with the layer norm behind it: {@code x[t] += input[t] + sum_j weight[j] * input[t + j - left]}, zeros outside
 * the utterance, then {@code norm[t] = (x[t] - mean) / sqrt(variance + epsilon) * gamma + beta}. The stream is read and written once instead of twice. The
 * memory has the bits of {@link Fsmn}; the norm's sums have an order of their own, which depends on the number of channels alone. Not thread-safe. Wrong
 * shapes are an {@link IllegalArgumentException}.
 */
public final class FsmnNorm implements AutoCloseable {
    /** The most channels: a block holds whole rows. */
    public static final int MAX_CHANNELS = 1024;
    private static final int ROWS_PER_SLOT = 8;

    static final StructLayout PARAMS = StructLayout.struct("FsmnNormParams", "fsmn_norm.h")
            .pointer("input")
            .pointer("weight")
            .pointer("x")
            .pointer("gamma")
            .pointer("beta")
            .pointer("norm")
            .pointer("offsets")
            .int32("batch")
            .int32("channels")
            .int32("ld_input")
            .int32("ld_norm")
            .int32("kernel_size")
            .int32("left")
            .float32("epsilon")
            .build();
    private static final int INPUT = PARAMS.offset("input");
    private static final int WEIGHT = PARAMS.offset("weight");
    private static final int X = PARAMS.offset("x");
    private static final int GAMMA = PARAMS.offset("gamma");
    private static final int BETA = PARAMS.offset("beta");
    private static final int NORM = PARAMS.offset("norm");
    private static final int OFFSETS = PARAMS.offset("offsets");
    private static final int BATCH = PARAMS.offset("batch");
    private static final int CHANNELS = PARAMS.offset("channels");
    private static final int LD_INPUT = PARAMS.offset("ld_input");
    private static final int LD_NORM = PARAMS.offset("ld_norm");
    private static final int KERNEL_SIZE = PARAMS.offset("kernel_size");
    private static final int LEFT = PARAMS.offset("left");
    private static final int EPSILON = PARAMS.offset("epsilon");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public FsmnNorm(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "fsmn_norm", "fsmn_norm_f32_f32", "fsmn_norm_f32_f16", "fsmn_norm_f16_f16");
    }

    /**
     * Filters, adds and normalises a batch.
     *
     * @param input   F32 or F16 {@code [rows.rows(), channels]}, any stride, not x
     * @param weight  device address of {@code [kernelSize, channels]} floats
     * @param left    taps before the row itself, 0 to {@code kernelSize - 1}
     * @param rows    where each utterance begins; rows behind the true count are left alone
     * @param x       F32 {@code [rows.rows(), channels]}, dense: the residual stream, read and written; at most {@value #MAX_CHANNELS} channels
     * @param gamma   device address of {@code channels} floats
     * @param beta    device address of {@code channels} floats
     * @param epsilon added to the variance, above zero
     * @param norm    F16 or, where the input is F32, F32; columns from {@code channels} to the stride become zero
     */
    public void launch(Stream stream, Matrix input, long weight, int kernelSize, int left, Ragged rows, Matrix x, long gamma, long beta, float epsilon, Matrix norm) {
        Checks.floating("fsmn_norm", "the input", input.type());
        Checks.matrix("fsmn_norm", "the input", input, input.type(), rows.rows());
        Checks.atMost("fsmn_norm", "the channel count", input.cols(), MAX_CHANNELS);
        Checks.dense("fsmn_norm", "x", x, DataType.F32, rows.rows(), input.cols());
        Checks.floating("fsmn_norm", "the norm", norm.type());
        Checks.matrix("fsmn_norm", "the norm", norm, input.type() == DataType.F16 ? DataType.F16 : norm.type(), rows.rows());
        Checks.atLeast("fsmn_norm", "the column count of the norm", norm.cols(), input.cols());
        Checks.address("fsmn_norm", "the weight", weight);
        Checks.address("fsmn_norm", "gamma", gamma);
        Checks.address("fsmn_norm", "beta", beta);
        Checks.atLeast("fsmn_norm", "the kernel size", kernelSize, 1);
        Checks.atMost("fsmn_norm", "the kernel size", kernelSize, Fsmn.MAX_KERNEL_SIZE);
        Checks.atLeast("fsmn_norm", "the left context", left, 0);
        Checks.atMost("fsmn_norm", "the left context", left, kernelSize - 1);
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException("fsmn_norm: epsilon is " + epsilon + ", but must be above zero");
        }
        if (rows.rows() == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(INPUT, input.address());
        a.setPointer(WEIGHT, weight);
        a.setPointer(X, x.address());
        a.setPointer(GAMMA, gamma);
        a.setPointer(BETA, beta);
        a.setPointer(NORM, norm.address());
        a.setPointer(OFFSETS, rows.offsets());
        a.setInt(BATCH, rows.batch());
        a.setInt(CHANNELS, input.cols());
        a.setInt(LD_INPUT, input.stride());
        a.setInt(LD_NORM, norm.stride());
        a.setInt(KERNEL_SIZE, kernelSize);
        a.setInt(LEFT, left);
        a.setFloat(EPSILON, epsilon);
        int variant = input.type() == DataType.F16 ? 2 : norm.type() == DataType.F16 ? 1 : 0;
        kernel.launch(stream, variant, rows.rows() / ROWS_PER_SLOT + rows.batch(), 1, BoundKernel.blocks(input.cols(), 4 * 32) * 32);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
