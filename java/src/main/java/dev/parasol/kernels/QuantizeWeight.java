package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Weights to int8, {@code destination[n][c] = round(source[n][c] / scales[n])} with {@code scales[n] = max |source[n]| / 127}; or weights that are int8 already
 * into their place. Columns from {@code destination.cols()} to its stride become zero.
 *
 * <p>Products of fp16 activations want the columns interleaved: each 16 in the order 0 1 8 9, 2 3 10 11, 4 5 12 13, 6 7 14 15.
 * Not thread-safe. Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class QuantizeWeight implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("QuantizeWeightParams", "quantize_weight.h")
            .pointer("source")
            .pointer("destination")
            .pointer("scales")
            .int32("rows")
            .int32("cols")
            .int32("ld")
            .int32("interleaved")
            .build();
    private static final int SOURCE = PARAMS.offset("source");
    private static final int DESTINATION = PARAMS.offset("destination");
    private static final int SCALES = PARAMS.offset("scales");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD = PARAMS.offset("ld");
    private static final int INTERLEAVED = PARAMS.offset("interleaved");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public QuantizeWeight(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "quantize_weight", "quantize_weight_f32", "quantize_weight_f16", "quantize_weight_s8");
    }

    /**
     * Quantizes rows of a weight.
     *
     * @param source      device address of {@code [destination.rows(), destination.cols()]} elements without gaps
     * @param sourceType  F32, F16 or I8
     * @param destination I8; its stride is a multiple of 128, its rows begin at multiples of 4 bytes
     * @param scales      device address of a float for each row, written; not used where the source is I8
     */
    public void launch(Stream stream, long source, DataType sourceType, Matrix destination, boolean interleaved, long scales) {
        Checks.address("quantize_weight", "the source", source);
        Checks.matrix("quantize_weight", "the destination", destination, DataType.I8, 0);
        Checks.atLeast("quantize_weight", "the column count", destination.cols(), 1);
        Checks.equal("quantize_weight", "the stride's remainder by 128", destination.stride() % 128, 0);
        Checks.aligned("quantize_weight", "the destination", destination);
        if (sourceType != DataType.I8) {
            Checks.floating("quantize_weight", "the source", sourceType);
            Checks.address("quantize_weight", "the buffer of scales", scales);
        }
        if (destination.rows() == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(SOURCE, source);
        a.setPointer(DESTINATION, destination.address());
        a.setPointer(SCALES, scales);
        a.setInt(ROWS, destination.rows());
        a.setInt(COLS, destination.cols());
        a.setInt(LD, destination.stride());
        a.setInt(INTERLEAVED, interleaved ? 1 : 0);
        kernel.launchWarpPerRow(stream, sourceType == DataType.I8 ? 2 : BoundKernel.variant(sourceType), destination.rows());
    }

    @Override
    public void close() {
        kernel.close();
    }
}
