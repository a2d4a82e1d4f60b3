package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * FSMN memory, a depthwise convolution over time with a residual:
 * {@code output[t] = residual[t] + input[t] + sum_j weight[j] * input[t + j - left]}, zeros outside the utterance. Not thread-safe.
 * Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class Fsmn implements AutoCloseable {
    /** The most taps. */
    public static final int MAX_KERNEL_SIZE = 32;
    private static final int ROWS_PER_SLOT = 8;

    static final StructLayout PARAMS = StructLayout.struct("FsmnParams", "fsmn.h")
            .pointer("input")
            .pointer("weight")
            .pointer("residual")
            .pointer("output")
            .pointer("offsets")
            .int32("batch")
            .int32("channels")
            .int32("ld_input")
            .int32("kernel_size")
            .int32("left")
            .build();
    private static final int INPUT = PARAMS.offset("input");
    private static final int WEIGHT = PARAMS.offset("weight");
    private static final int RESIDUAL = PARAMS.offset("residual");
    private static final int OUTPUT = PARAMS.offset("output");
    private static final int OFFSETS = PARAMS.offset("offsets");
    private static final int BATCH = PARAMS.offset("batch");
    private static final int CHANNELS = PARAMS.offset("channels");
    private static final int LD_INPUT = PARAMS.offset("ld_input");
    private static final int KERNEL_SIZE = PARAMS.offset("kernel_size");
    private static final int LEFT = PARAMS.offset("left");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public Fsmn(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "fsmn", "fsmn_f32", "fsmn_f16");
    }

    /**
     * Filters a batch.
     *
     * @param input    F32 or F16 {@code [rows.rows(), channels]}, any stride
     * @param weight   device address of {@code [kernelSize, channels]} floats
     * @param left     taps before the row itself, 0 to {@code kernelSize - 1}
     * @param residual F32, dense, the output's shape, or null; may be the output itself
     * @param rows     where each utterance begins; output rows behind the true count are left alone
     * @param output   F32 {@code [rows.rows(), channels]}, dense, not the input
     */
    public void launch(Stream stream, Matrix input, long weight, int kernelSize, int left, Matrix residual, Ragged rows, Matrix output) {
        Checks.floating("fsmn", "the input", input.type());
        Checks.matrix("fsmn", "the input", input, input.type(), rows.rows());
        Checks.dense("fsmn", "the output", output, DataType.F32, rows.rows(), input.cols());
        if (residual != null) {
            Checks.dense("fsmn", "the residual", residual, DataType.F32, rows.rows(), input.cols());
        }
        Checks.address("fsmn", "the weight", weight);
        Checks.atLeast("fsmn", "the kernel size", kernelSize, 1);
        Checks.atMost("fsmn", "the kernel size", kernelSize, MAX_KERNEL_SIZE);
        Checks.atLeast("fsmn", "the left context", left, 0);
        Checks.atMost("fsmn", "the left context", left, kernelSize - 1);
        if (rows.rows() == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(INPUT, input.address());
        a.setPointer(WEIGHT, weight);
        a.setPointer(RESIDUAL, residual == null ? 0 : residual.address());
        a.setPointer(OUTPUT, output.address());
        a.setPointer(OFFSETS, rows.offsets());
        a.setInt(BATCH, rows.batch());
        a.setInt(CHANNELS, input.cols());
        a.setInt(LD_INPUT, input.stride());
        a.setInt(KERNEL_SIZE, kernelSize);
        a.setInt(LEFT, left);
        kernel.launch(stream, BoundKernel.variant(input.type()), rows.rows() / ROWS_PER_SLOT + rows.batch(), 1, BoundKernel.threadsForColumns(input.cols()));
    }

    @Override
    public void close() {
        kernel.close();
    }
}
