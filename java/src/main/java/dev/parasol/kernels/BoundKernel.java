package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.Kernel;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/** A kernel, or several of one file that take the same struct, with the native memory of their arguments. Not thread-safe. */
final class BoundKernel implements AutoCloseable {
    /** Rows that a block of the kernels with one warp a row takes. */
    private static final int WARPS = 4;

    private final Kernel[] variants;
    private final KernelArguments arguments;

    BoundKernel(KernelLibrary library, StructLayout layout, String file, String... names) {
        variants = new Kernel[names.length];
        for (int i = 0; i < names.length; i++) {
            variants[i] = library.kernel(file, names[i], layout);
        }
        arguments = variants[0].newArguments();
    }

    /** Written before each launch; free again when the launch has returned. */
    KernelArguments arguments() {
        return arguments;
    }

    /** Blocks of four warps, one warp a row. The variant counts the names given to the constructor. */
    void launchWarpPerRow(Stream stream, int variant, long rows) {
        launch(stream, variant, blocks(rows, WARPS), 1, WARPS * 32);
    }

    void launch(Stream stream, int variant, int blocksX, int blocksY, int threads) {
        launch(stream, variant, blocksX, blocksY, threads, 0);
    }

    /** With dynamic shared memory, of which every kernel may have 48 KiB. */
    void launch(Stream stream, int variant, int blocksX, int blocksY, int threads, int sharedBytes) {
        variants[variant].launch(stream, blocksX, blocksY, 1, threads, sharedBytes, arguments);
    }

    /** The variant by element type: kernels name the one for fp32 first, then the one for fp16. */
    static int variant(DataType type) {
        return type == DataType.F32 ? 0 : 1;
    }

    static int blocks(long items, int perBlock) {
        return Math.toIntExact((items + perBlock - 1) / perBlock);
    }

    /** Threads of a block in which each takes four columns: whole warps, at most 128. */
    static int threadsForColumns(int cols) {
        return Math.min(128, blocks(cols, 4 * 32) * 32);
    }

    @Override
    public void close() {
        arguments.close();
    }
}
