package dev.parasol.bench.micro;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.Stream;
import dev.parasol.memory.BlockPool;
import dev.parasol.memory.Budget;
import dev.parasol.memory.Region;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * An allocation and a free in a pool that holds 64 blocks of 256 bytes to 256 KiB for each thread: one of them, at random,
 * is given back, and one of another size is taken in its place. All use one stream, so no events are needed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PoolBenchmark {
    private static final long REGION_BYTES = 1L << 30;

    private CudaContext context;
    private Stream stream;
    private BlockPool pool;
    private int number;

    @Setup
    public void open() {
        context = CudaContext.open(DeviceSpec.select(null));
        stream = context.newStream();
        pool = new BlockPool(context, Region.open(context, Budget.ofBytes(Long.MAX_VALUE), "pool", REGION_BYTES), false);
        number = pool.attach(stream);
    }

    @TearDown
    public void close() {
        pool.close();
        stream.close();
        context.close();
    }

    /** What one thread holds, and what it will do next: drawn beforehand, so that drawing is not measured. */
    @State(Scope.Thread)
    public static class Holder {
        private static final int HELD = 64;
        private static final int DRAWN = 1 << 14;

        private final long[] handles = new long[HELD];
        private final int[] places = new int[DRAWN];
        private final long[] sizes = new long[DRAWN];
        private int next;

        @Setup(Level.Trial)
        public void fill(PoolBenchmark bench) {
            Random random = new Random(1);
            for (int i = 0; i < DRAWN; i++) {
                places[i] = random.nextInt(HELD);
                sizes[i] = (long) Math.scalb(1 + random.nextDouble(), 8 + random.nextInt(10));
            }
            for (int i = 0; i < HELD; i++) {
                handles[i] = bench.pool.allocate(sizes[i], bench.number);
            }
        }

        void replace(BlockPool pool, int stream) {
            int turn = next++ & (DRAWN - 1);
            int place = places[turn];
            pool.free(handles[place], stream);
            handles[place] = pool.allocate(sizes[turn], stream);
        }
    }

    /** By one thread. */
    @Benchmark
    @Threads(1)
    public void allocateAndFreeByOneThread(Holder holder) {
        holder.replace(pool, number);
    }

    /** By two threads at once; the time that each of them takes. */
    @Benchmark
    @Threads(2)
    public void allocateAndFreeByTwoThreads(Holder holder) {
        holder.replace(pool, number);
    }
}
