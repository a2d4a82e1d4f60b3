package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Converts, reorders and zero-pads one weight: {@code destination[n][j * inner + c] = source[n * strideN + c * strideInner + j * strideOuter]},
 * columns from {@code destination.cols()} to its stride zero. Not thread-safe. Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class PackWeight implements AutoCloseable {
    private static final int COLUMNS_PER_BLOCK = 1024;
    private static final int ROWS_PER_BLOCK = 4;

    static final StructLayout PARAMS = StructLayout.struct("PackWeightParams", "pack_weight.h")
            .pointer("source")
            .pointer("destination")
            .int64("stride_n")
            .int64("stride_inner")
            .int64("stride_outer")
            .int32("rows")
            .int32("cols")
            .int32("inner")
            .int32("ld")
            .build();
    private static final int SOURCE = PARAMS.offset("source");
    private static final int DESTINATION = PARAMS.offset("destination");
    private static final int STRIDE_N = PARAMS.offset("stride_n");
    private static final int STRIDE_INNER = PARAMS.offset("stride_inner");
    private static final int STRIDE_OUTER = PARAMS.offset("stride_outer");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int INNER = PARAMS.offset("inner");
    private static final int LD = PARAMS.offset("ld");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public PackWeight(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "pack_weight", "pack_weight_f32_f32", "pack_weight_f32_f16", "pack_weight_f16_f32", "pack_weight_f16_f16");
    }

    /**
     * Packs one weight.
     *
     * @param source      device address of the elements
     * @param sourceType  F32 or F16
     * @param strideN     source elements from one row of the destination to the next
     * @param inner       neighbouring columns of the destination that are {@code strideInner} apart in the source; divides the column count
     * @param strideOuter source elements from one group of {@code inner} columns to the next
     * @param destination F32 or F16
     */
    public void launch(Stream stream, long source, DataType sourceType, long strideN, int inner, long strideInner, long strideOuter, Matrix destination) {
        Checks.address("pack_weight", "the source", source);
        Checks.floating("pack_weight", "the source", sourceType);
        Checks.floating("pack_weight", "the destination", destination.type());
        Checks.matrix("pack_weight", "the destination", destination, destination.type(), 0);
        Checks.atLeast("pack_weight", "the column count", destination.cols(), 1);
        Checks.atLeast("pack_weight", "the inner count", inner, 1);
        Checks.equal("pack_weight", "the column count's remainder by the inner count", destination.cols() % inner, 0);
        if (destination.rows() == 0) {
            return;
        }
        int variant = 2 * BoundKernel.variant(sourceType) + BoundKernel.variant(destination.type());
        KernelArguments a = kernel.arguments();
        a.setPointer(SOURCE, source);
        a.setPointer(DESTINATION, destination.address());
        a.setLong(STRIDE_N, strideN);
        a.setLong(STRIDE_INNER, strideInner);
        a.setLong(STRIDE_OUTER, strideOuter);
        a.setInt(ROWS, destination.rows());
        a.setInt(COLS, destination.cols());
        a.setInt(INNER, inner);
        a.setInt(LD, destination.stride());
        kernel.launch(stream, variant, BoundKernel.blocks(destination.rows(), ROWS_PER_BLOCK), BoundKernel.blocks(destination.stride(), COLUMNS_PER_BLOCK),
                ROWS_PER_BLOCK * 32);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
