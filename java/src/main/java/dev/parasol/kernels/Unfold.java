package dev.parasol.kernels;

import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Rows {@code [h(t - left) | ... | h(t + width - 1 - left)]}, so that a convolution over time becomes a GEMM; zeros outside the
 * utterance. Not thread-safe. Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class Unfold implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("UnfoldParams", "unfold.h")
            .pointer("input")
            .pointer("output")
            .pointer("offsets")
            .int32("batch")
            .int32("rows")
            .int32("cols")
            .int32("ld_input")
            .int32("ld_output")
            .int32("width")
            .int32("left")
            .build();
    private static final int INPUT = PARAMS.offset("input");
    private static final int OUTPUT = PARAMS.offset("output");
    private static final int OFFSETS = PARAMS.offset("offsets");
    private static final int BATCH = PARAMS.offset("batch");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD_INPUT = PARAMS.offset("ld_input");
    private static final int LD_OUTPUT = PARAMS.offset("ld_output");
    private static final int WIDTH = PARAMS.offset("width");
    private static final int LEFT = PARAMS.offset("left");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public Unfold(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "unfold", "unfold_f32", "unfold_f16");
    }

    /**
     * Unfolds a batch.
     *
     * @param input  F32 or F16 {@code [rows.rows(), cols]}, any stride
     * @param rows   where each utterance begins; the row count is an upper bound
     * @param left   rows before t, 0 to {@code width - 1}
     * @param width  rows in all
     * @param output the input's type, {@code [rows.rows(), width * cols]}, not the input; columns up to its stride become zero
     */
    public void launch(Stream stream, Matrix input, Ragged rows, int left, int width, Matrix output) {
        Checks.floating("unfold", "the input", input.type());
        Checks.matrix("unfold", "the input", input, input.type(), rows.rows());
        Checks.matrix("unfold", "the output", output, input.type(), rows.rows());
        Checks.atLeast("unfold", "the width", width, 1);
        Checks.atLeast("unfold", "the left context", left, 0);
        Checks.atMost("unfold", "the left context", left, width - 1);
        Checks.atLeast("unfold", "the column count of the output", output.cols(), Math.multiplyExact(width, input.cols()));
        if (rows.rows() == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(INPUT, input.address());
        a.setPointer(OUTPUT, output.address());
        a.setPointer(OFFSETS, rows.offsets());
        a.setInt(BATCH, rows.batch());
        a.setInt(ROWS, rows.rows());
        a.setInt(COLS, input.cols());
        a.setInt(LD_INPUT, input.stride());
        a.setInt(LD_OUTPUT, output.stride());
        a.setInt(WIDTH, width);
        a.setInt(LEFT, left);
        kernel.launchWarpPerRow(stream, BoundKernel.variant(input.type()), rows.rows());
    }

    @Override
    public void close() {
        kernel.close();
    }
}
