package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.SoftDevice;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.VirtualMemory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** The pool against a naive account of what is in use, after every operation. */
class PoolPropertiesTest {
    private static final int STREAMS = 3;
    private static final int CHUNKS = 6;

    private static CudaContext context;

    @BeforeContainer
    static void open() {
        context = CudaContext.open(DeviceSpec.parse("soft:0"));
    }

    @AfterContainer
    static void close() {
        context.close();
    }

    /** What to do: allocate so many bytes, give back one of the blocks, or trim, in the order of a stream. */
    record Operation(Kind kind, long bytes, int pick, int stream) {
        enum Kind { ALLOCATE, FREE, TRIM }
    }

    private record Used(long handle, long bytes) {
    }

    @Provide
    Arbitrary<List<Operation>> operations() {
        Arbitrary<Operation.Kind> kinds = Arbitraries.frequency(Tuple.of(10, Operation.Kind.ALLOCATE),
                Tuple.of(9, Operation.Kind.FREE), Tuple.of(1, Operation.Kind.TRIM));
        Arbitrary<Long> bytes = Arbitraries.oneOf(Arbitraries.longs().between(1, 3000), Arbitraries.longs().between(1, 1 << 20),
                Arbitraries.longs().between(1, 9 << 20));
        return Combinators.combine(kinds, bytes, Arbitraries.integers().between(0, 1000), Arbitraries.integers().between(0, STREAMS - 1))
                .as(Operation::new).list().ofMaxSize(60);
    }

    /** Chunks that there are addresses for: few, so that they are used up again and again, or plenty. */
    @Provide
    Arbitrary<Integer> addresses() {
        return Arbitraries.oneOf(Arbitraries.integers().between(CHUNKS + 1, 4 * CHUNKS), Arbitraries.just(1000));
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void everyOperationKeepsThePoolInOrder(@ForAll("operations") List<Operation> operations, @ForAll("addresses") int addresses) {
        long chunk = VirtualMemory.granularity(context);
        Budget budget = Budget.ofBytes(CHUNKS * chunk);
        List<Stream> streams = new ArrayList<>();
        try (BlockPool pool = new BlockPool(context, Region.open(context, budget, "pool", addresses * chunk), false)) {
            for (int i = 0; i < STREAMS; i++) {
                streams.add(context.newStream());
                pool.attach(streams.get(i));
            }
            List<Used> used = new ArrayList<>();
            for (Operation operation : operations) {
                apply(pool, operation, used);
                PoolOracle.check(pool);
                checkApart(pool, used);
                assertThat(budget.used()).isEqualTo(pool.statistics().reserved()).isEqualTo(SoftDevice.live("bytes"));
            }
        } finally {
            streams.forEach(Stream::close);
        }
        assertThat(SoftDevice.live("bytes")).isZero();
    }

    private static void apply(BlockPool pool, Operation operation, List<Used> used) {
        switch (operation.kind()) {
            case ALLOCATE -> {
                long fitting = largestRun(pool);
                try {
                    used.add(new Used(pool.allocate(operation.bytes(), operation.stream()), operation.bytes()));
                } catch (DeviceMemoryExhausted e) {
                    assertThat(operation.bytes()).as("refused though so much was free together").isGreaterThan(fitting);
                }
            }
            case FREE -> {
                if (!used.isEmpty()) {
                    pool.free(used.remove(operation.pick() % used.size()).handle(), operation.stream());
                }
            }
            case TRIM -> pool.trim();
        }
    }

    /** The most bytes that are free without a break, whatever stream they belong to. */
    private static long largestRun(BlockPool pool) {
        long largest = 0;
        long start = 0;
        long end = -1;
        for (Block block = pool.index().lowest(); block != null; block = block.above) {
            if (block.free) {
                start = block.offset == end ? start : block.offset;
                end = block.end();
                largest = Math.max(largest, end - start);
            }
        }
        return largest;
    }

    private static void checkApart(BlockPool pool, List<Used> used) {
        long sum = 0;
        List<Used> sorted = new ArrayList<>(used);
        sorted.sort(Comparator.comparingLong(block -> pool.address(block.handle())));
        long end = 0;
        for (Used block : sorted) {
            long address = pool.address(block.handle());
            assertThat(address).isGreaterThanOrEqualTo(end);
            assertThat(address % 256).isZero();
            assertThat(pool.size(block.handle())).isBetween(block.bytes(), block.bytes() + 255);
            end = address + pool.size(block.handle());
            sum += pool.size(block.handle());
        }
        assertThat(pool.statistics().live()).isEqualTo(sum);
    }

    @Property(tries = 200)
    void theBinsFindTheBestFit(@ForAll long seed) {
        Random random = new Random(seed);
        FreeBins bins = new FreeBins();
        List<Block> held = new ArrayList<>();
        long offset = 0;
        for (int i = 0; i < 200; i++) {
            if (random.nextInt(3) > 0) {
                long size = 256L * (1 + random.nextInt(1 << random.nextInt(20)));
                Block block = new Block(offset, size, 0);
                offset += size;
                held.add(block);
                bins.add(block);
            } else if (!held.isEmpty()) {
                bins.remove(held.remove(random.nextInt(held.size())));
            }
            long wanted = 256L * (1 + random.nextInt(1 << random.nextInt(20)));
            Block best = held.stream().filter(block -> block.size >= wanted)
                    .min(Comparator.comparingLong((Block block) -> block.size).thenComparingLong(block -> block.offset)).orElse(null);
            assertThat(bins.best(wanted)).isSameAs(best);
        }
    }
}
