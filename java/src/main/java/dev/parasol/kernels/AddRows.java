package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * The sum of two fp32 matrices as the factor of a product, its columns zero-padded. Not thread-safe. Wrong shapes
 * are an {@link IllegalArgumentException}.
 */
public final class AddRows implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("AddRowsParams", "add_rows.h")
            .pointer("a")
            .pointer("b")
            .pointer("output")
            .pointer("device_rows")
            .int32("rows")
            .int32("cols")
            .int32("ld_output")
            .build();
    private static final int A = PARAMS.offset("a");
    private static final int B = PARAMS.offset("b");
    private static final int OUTPUT = PARAMS.offset("output");
    private static final int DEVICE_ROWS = PARAMS.offset("device_rows");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD_OUTPUT = PARAMS.offset("ld_output");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public AddRows(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "add_rows", "add_rows_f32", "add_rows_f16");
    }

    /**
     * Adds all rows.
     *
     * @param a          F32 {@code [rows, cols]}, dense
     * @param b          of a's shape
     * @param output     F32 or F16 {@code [rows, cols]}; columns up to its stride become zero
     * @param deviceRows device address of the true row count, or 0 when it is {@code a.rows()}; what lies behind is left alone
     */
    public void launch(Stream stream, Matrix a, Matrix b, Matrix output, long deviceRows) {
        Checks.dense("add_rows", "a", a, DataType.F32, a.rows(), a.cols());
        Checks.dense("add_rows", "b", b, DataType.F32, a.rows(), a.cols());
        Checks.floating("add_rows", "the output", output.type());
        Checks.matrix("add_rows", "the output", output, output.type(), a.rows());
        Checks.equal("add_rows", "the column count of the output", output.cols(), a.cols());
        if (a.rows() == 0) {
            return;
        }
        KernelArguments p = kernel.arguments();
        p.setPointer(A, a.address());
        p.setPointer(B, b.address());
        p.setPointer(OUTPUT, output.address());
        p.setPointer(DEVICE_ROWS, deviceRows);
        p.setInt(ROWS, a.rows());
        p.setInt(COLS, a.cols());
        p.setInt(LD_OUTPUT, output.stride());
        kernel.launchWarpPerRow(stream, BoundKernel.variant(output.type()), a.rows());
    }

    @Override
    public void close() {
        kernel.close();
    }
}
