package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * fp16 activations to int8, with a scale for each row and 128 columns ({@code max |x| / 127}) or with a given one for all. Not thread-safe.
 * Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class Quantize implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("QuantizeParams", "quantize.h")
            .pointer("input")
            .pointer("output")
            .pointer("scales")
            .pointer("static_scale")
            .pointer("device_rows")
            .int32("rows")
            .int32("cols")
            .int32("ld_input")
            .int32("ld_output")
            .build();
    private static final int INPUT = PARAMS.offset("input");
    private static final int OUTPUT = PARAMS.offset("output");
    private static final int SCALES = PARAMS.offset("scales");
    private static final int STATIC_SCALE = PARAMS.offset("static_scale");
    private static final int DEVICE_ROWS = PARAMS.offset("device_rows");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD_INPUT = PARAMS.offset("ld_input");
    private static final int LD_OUTPUT = PARAMS.offset("ld_output");
    private static final int ROWS_PER_BLOCK = 4;

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public Quantize(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "quantize", "quantize_f16");
    }

    /**
     * Quantizes all rows of {@code input}.
     *
     * @param input      F16
     * @param output     as many rows and columns; its scales are read where they are {@link Quantized.Scaling#STATIC}, and written otherwise, by blocks
     * @param deviceRows device address of the true row count, or 0 when it is {@code input.rows()}; what lies behind is left alone
     */
    public void launch(Stream stream, Matrix input, Quantized output, long deviceRows) {
        Checks.matrix("quantize", "the input", input, DataType.F16, input.rows());
        Checks.atLeast("quantize", "the row count of the output", output.values().rows(), input.rows());
        Checks.equal("quantize", "the column count of the output", output.values().cols(), input.cols());
        if (output.scaling() == Quantized.Scaling.ROWS) {
            throw new IllegalArgumentException("quantize: the output has a scale for each row, but must have one for each block or for all");
        }
        if (input.rows() == 0) {
            return;
        }
        boolean fixed = output.scaling() == Quantized.Scaling.STATIC;
        KernelArguments a = kernel.arguments();
        a.setPointer(INPUT, input.address());
        a.setPointer(OUTPUT, output.values().address());
        a.setPointer(SCALES, fixed ? 0 : output.scales());
        a.setPointer(STATIC_SCALE, fixed ? output.scales() : 0);
        a.setPointer(DEVICE_ROWS, deviceRows);
        a.setInt(ROWS, input.rows());
        a.setInt(COLS, input.cols());
        a.setInt(LD_INPUT, input.stride());
        a.setInt(LD_OUTPUT, output.values().stride());
        kernel.launch(stream, 0, BoundKernel.blocks(input.rows(), ROWS_PER_BLOCK), output.values().stride() / Quantized.BLOCK, ROWS_PER_BLOCK * 32);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
