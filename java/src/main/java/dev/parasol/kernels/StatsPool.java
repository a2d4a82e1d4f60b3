package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Mean and standard deviation (that of a sample: divided by rows - 1) over each utterance of {@code relu(x * scale + shift)}, by columns.
 * Not thread-safe. Errors of the launch are {@link dev.parasol.cuda.CudaException}, wrong shapes {@link IllegalArgumentException}.
 */
public final class StatsPool implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("StatsPoolParams", "stats_pool.h")
            .pointer("input")
            .pointer("scale")
            .pointer("shift")
            .pointer("output")
            .pointer("offsets")
            .int32("cols")
            .int32("ld_input")
            .int32("ld_output")
            .build();
    private static final int INPUT = PARAMS.offset("input");
    private static final int SCALE = PARAMS.offset("scale");
    private static final int SHIFT = PARAMS.offset("shift");
    private static final int OUTPUT = PARAMS.offset("output");
    private static final int OFFSETS = PARAMS.offset("offsets");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD_INPUT = PARAMS.offset("ld_input");
    private static final int LD_OUTPUT = PARAMS.offset("ld_output");

    private final BoundKernel kernel;

    /** A launcher of the kernel in {@code library}, which is loaded now. */
    public StatsPool(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "stats_pool", "stats_pool");
    }

    /**
     * Pools a batch.
     *
     * @param input   F32 {@code [rows, cols]}, any stride
     * @param scale   device address of {@code cols} floats
     * @param shift   device address of {@code cols} floats
     * @param offsets device address of {@code batch + 1} 32-bit integers: the first row of each utterance, then the row count
     * @param output  F32 {@code [batch, 2 * cols]}, any stride: means, then deviations; zeros for an utterance without rows
     */
    public void launch(Stream stream, Matrix input, long scale, long shift, long offsets, Matrix output) {
        Checks.matrix("stats_pool", "the input", input, DataType.F32, 0);
        Checks.matrix("stats_pool", "the output", output, DataType.F32, 1);
        Checks.equal("stats_pool", "the column count of the output", output.cols(), 2L * input.cols());
        Checks.address("stats_pool", "the scale", scale);
        Checks.address("stats_pool", "the shift", shift);
        Checks.address("stats_pool", "the offsets", offsets);
        KernelArguments a = kernel.arguments();
        a.setPointer(INPUT, input.address());
        a.setPointer(SCALE, scale);
        a.setPointer(SHIFT, shift);
        a.setPointer(OUTPUT, output.address());
        a.setPointer(OFFSETS, offsets);
        a.setInt(COLS, input.cols());
        a.setInt(LD_INPUT, input.stride());
        a.setInt(LD_OUTPUT, output.stride());
        kernel.launch(stream, 0, BoundKernel.blocks(input.cols(), 32), output.rows(), 256);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
