package dev.parasol.kernels;

import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Rows of a matrix in another order, {@code output[i] = input[index[i]]}, their columns zero-padded. Not thread-safe. Wrong shapes
 * are an {@link IllegalArgumentException}.
 */
public final class GatherRows implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("GatherRowsParams", "gather_rows.h")
            .pointer("input")
            .pointer("index")
            .pointer("output")
            .int32("rows")
            .int32("cols")
            .int32("ld_input")
            .int32("ld_output")
            .build();
    private static final int INPUT = PARAMS.offset("input");
    private static final int INDEX = PARAMS.offset("index");
    private static final int OUTPUT = PARAMS.offset("output");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD_INPUT = PARAMS.offset("ld_input");
    private static final int LD_OUTPUT = PARAMS.offset("ld_output");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public GatherRows(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "gather_rows", "gather_rows_f32", "gather_rows_f16");
    }

    /**
     * Copies as many rows as the output has.
     *
     * @param input  F32 or F16
     * @param index  device address of {@code output.rows()} 32-bit integers, each a row of the input, which is not checked
     * @param output input's type and column count; columns up to its stride become zero
     */
    public void launch(Stream stream, Matrix input, long index, Matrix output) {
        Checks.floating("gather_rows", "the input", input.type());
        Checks.matrix("gather_rows", "the input", input, input.type(), input.rows());
        Checks.address("gather_rows", "the index", index);
        Checks.matrix("gather_rows", "the output", output, input.type(), output.rows());
        Checks.equal("gather_rows", "the column count of the output", output.cols(), input.cols());
        if (output.rows() == 0) {
            return;
        }
        KernelArguments p = kernel.arguments();
        p.setPointer(INPUT, input.address());
        p.setPointer(INDEX, index);
        p.setPointer(OUTPUT, output.address());
        p.setInt(ROWS, output.rows());
        p.setInt(COLS, input.cols());
        p.setInt(LD_INPUT, input.stride());
        p.setInt(LD_OUTPUT, output.stride());
        kernel.launchWarpPerRow(stream, BoundKernel.variant(input.type()), output.rows());
    }

    @Override
    public void close() {
        kernel.close();
    }
}
