package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import dev.parasol.bench.kernel.GemmCases.Epilogue;
import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Gemm;
import dev.parasol.kernels.GemmS8;
import dev.parasol.kernels.GemmS8Sm90;
import dev.parasol.kernels.GemmSm90;
import dev.parasol.kernels.GemmW8;
import dev.parasol.kernels.Quantized.Scaling;
import dev.parasol.kernels.TileChoice;
import java.util.List;
import java.util.function.Consumer;

/**
 * A product of a model whose tiles can be measured: the one that the library would launch on this device.
 *
 * @param kernel  its name in the table of tiles
 * @param n       rows of the weights
 * @param depth   columns of the weights, padded as the product runs over them
 * @param choices of tiles
 * @param force   makes launches take a choice, or the library's own where it is null
 * @param product to be launched
 */
record TunedProduct(String kernel, int n, int depth, List<TileChoice> choices, Consumer<TileChoice> force, KernelCase product) {
    private static final int HALF_SLICE = 64;
    private static final int BYTE_SLICE = 128;

    /** fp16 factors. */
    static TunedProduct f16(Scratch scratch, Shape shape, Epilogue epilogue) {
        DataType out = epilogue.output(DataType.F16);
        KernelCase product = GemmCases.gemm(shape, DataType.F16, epilogue, "tuned", GemmVersions.LIBRARY);
        if (scratch.context().properties().warpgroupProducts()) {
            GemmSm90 gemm = scratch.kernels().gemmSm90();
            return of(shape, HALF_SLICE, gemm.kernelName(out), gemm.choices(out), choice -> gemm.force(out, choice), product);
        }
        Gemm gemm = scratch.kernels().gemm();
        return of(shape, HALF_SLICE, gemm.kernelName(DataType.F16, out), gemm.choices(DataType.F16, out), choice -> gemm.force(DataType.F16, out, choice), product);
    }

    /** int8 factors, A with a scale a row; C in fp16 or fp32, or in int8 behind ReLU. */
    static TunedProduct s8(Scratch scratch, Shape shape, DataType out) {
        return s8(scratch, shape, Scaling.ROWS, out,
                out == DataType.I8 ? Int8Cases.requantized(shape, Int8Cases.Version.LIBRARY) : Int8Cases.rows(shape, out, Int8Cases.Version.LIBRARY));
    }

    /** int8 factors, A with a scale a row and 128 columns; C in fp32. */
    static TunedProduct s8Blocks(Scratch scratch, Shape shape) {
        return s8(scratch, shape, Scaling.BLOCKS, DataType.F32, Int8Cases.byBlocks(shape, Int8Cases.Version.LIBRARY));
    }

    private static TunedProduct s8(Scratch scratch, Shape shape, Scaling scaling, DataType out, KernelCase product) {
        if (Int8Cases.Version.LIBRARY.tiles(scratch)) {
            GemmS8Sm90 gemm = scratch.kernels().gemmS8Sm90();
            return of(shape, BYTE_SLICE, gemm.kernelName(scaling, out), gemm.choices(scaling, out), choice -> gemm.force(scaling, out, choice), product);
        }
        GemmS8 gemm = scratch.kernels().gemmS8();
        return of(shape, BYTE_SLICE, gemm.kernelName(scaling, out), gemm.choices(scaling, out), choice -> gemm.force(scaling, out, choice), product);
    }

    /** fp16 activations, int8 weights; C in fp16, or in fp32 with a residual. */
    static TunedProduct w8(Scratch scratch, Shape shape, boolean added) {
        DataType out = added ? DataType.F32 : DataType.F16;
        GemmW8 gemm = scratch.kernels().gemmW8();
        return of(shape, HALF_SLICE, gemm.kernelName(out), gemm.choices(out), choice -> gemm.force(out, choice), Int8Cases.weights(shape, added));
    }

    private static TunedProduct of(Shape shape, int slice, String kernel, List<TileChoice> choices, Consumer<TileChoice> force, KernelCase product) {
        return new TunedProduct(kernel, shape.get(1), (shape.get(2) + slice - 1) / slice * slice, choices, force, product);
    }
}
