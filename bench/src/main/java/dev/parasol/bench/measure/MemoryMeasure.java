package dev.parasol.bench.measure;

import dev.parasol.bench.result.Entry;
import dev.parasol.bench.result.ResultFile;
import dev.parasol.bench.result.Timing;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceBuffer;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.VirtualMemory;
import dev.parasol.memory.BlockPool;
import dev.parasol.memory.Budget;
import dev.parasol.memory.Region;

/** What memory costs the host: {@code cuMemAlloc} and {@code cuMemFree}, growing and trimming a region, and putting a pool's free chunks side by side. */
final class MemoryMeasure {
    private static final int CHUNKS = 16;
    private static final int WARM_UPS = 2;

    private final CudaContext context;
    private final ResultFile results;
    private final int samples;

    MemoryMeasure(CudaContext context, ResultFile results) {
        this.context = context;
        this.results = results;
        this.samples = results.gpu() ? 20 : 5;
    }

    void take() {
        if (!VirtualMemory.supported(context)) {
            return;
        }
        long chunk = VirtualMemory.granularity(context);
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        String[] names = {"cuMemAlloc", "cuMemFree", "region grown", "region trimmed", "free chunks mapped side by side", "the same again, found mapped"};
        double[][] micros = new double[names.length][samples];
        for (int sample = -WARM_UPS; sample < samples; sample++) {
            double[] once = once(budget, chunk);
            for (int i = 0; sample >= 0 && i < names.length; i++) {
                micros[i][sample] = once[i];
            }
        }
        for (int i = 0; i < names.length; i++) {
            results.add(Entry.of("memory", "memory", names[i], CHUNKS + " chunks of " + chunk).timing(Timing.of(micros[i])));
        }
    }

    private double[] once(Budget budget, long chunk) {
        long bytes = CHUNKS * chunk;
        double[] micros = new double[6];
        long start = System.nanoTime();
        DeviceBuffer buffer = context.allocate(bytes);
        micros[0] = microsSince(start);
        start = System.nanoTime();
        buffer.close();
        micros[1] = microsSince(start);
        try (Region region = Region.open(context, budget, "grown", bytes)) {
            start = System.nanoTime();
            region.ensure(bytes);
            micros[2] = microsSince(start);
            start = System.nanoTime();
            region.trim(0);
            micros[3] = microsSince(start);
        }
        try (Stream stream = context.newStream(); BlockPool pool = new BlockPool(context, Region.open(context, budget, "pool", 32 * bytes), false)) {
            int number = pool.attach(stream);
            scatter(pool, number, chunk);
            for (int i = 4; i < 6; i++) {
                start = System.nanoTime();
                long block = pool.allocate(bytes, number);
                micros[i] = microsSince(start);
                pool.free(block, number);
            }
        }
        return micros;
    }

    /** Leaves every second chunk free. */
    private static void scatter(BlockPool pool, int stream, long chunk) {
        long[] blocks = new long[2 * CHUNKS];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = pool.allocate(chunk, stream);
        }
        for (int i = 0; i < blocks.length; i += 2) {
            pool.free(blocks[i], stream);
        }
    }

    private static double microsSince(long start) {
        return (System.nanoTime() - start) / 1e3;
    }
}
