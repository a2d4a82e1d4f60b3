package dev.parasol.kernels;

import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Reproducible random numbers, nearly normal (a sum of four uniform ones, within 3.5 standard deviations). Element i depends on
 * the seed and i alone, and is the same to the last bit on every device. Not thread-safe.
 */
public final class RandomFill implements AutoCloseable {
    private static final int ELEMENTS_PER_BLOCK = 2048;
    private static final int THREADS = 128;

    static final StructLayout PARAMS = StructLayout.struct("RandomFillParams", "random_fill.h")
            .pointer("destination")
            .int64("count")
            .uint64("seed")
            .float32("mean")
            .float32("scale")
            .build();
    private static final int DESTINATION = PARAMS.offset("destination");
    private static final int COUNT = PARAMS.offset("count");
    private static final int SEED = PARAMS.offset("seed");
    private static final int MEAN = PARAMS.offset("mean");
    private static final int SCALE = PARAMS.offset("scale");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public RandomFill(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "random_fill", "random_fill");
    }

    /**
     * Fills memory.
     *
     * @param destination device address of {@code count} floats
     * @param deviation   standard deviation
     */
    public void launch(Stream stream, long destination, long count, long seed, float mean, float deviation) {
        Checks.address("random_fill", "the destination", destination);
        Checks.atLeast("random_fill", "the count", count, 0);
        if (count == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(DESTINATION, destination);
        a.setLong(COUNT, count);
        a.setLong(SEED, seed);
        a.setFloat(MEAN, mean);
        a.setFloat(SCALE, deviation);
        kernel.launch(stream, 0, BoundKernel.blocks(count, ELEMENTS_PER_BLOCK), 1, THREADS);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
