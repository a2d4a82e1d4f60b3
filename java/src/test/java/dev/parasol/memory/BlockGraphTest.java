package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.SoftDevice;
import dev.parasol.cuda.Stream;
import org.junit.jupiter.api.Test;

/** A graph never works on an address that its block has left. */
class BlockGraphTest extends SoftMemory {
    private static final int SIZE = 4096;

    private BlockPool pool() {
        return new BlockPool(context, Region.open(context, budget, "pool", 100 * chunk), false);
    }

    /** Copies one block into another. */
    private static void copy(Stream stream, long[] addresses) {
        stream.copyOnDevice(addresses[1], addresses[0], SIZE);
    }

    /** Leaves a block at the end of the last of three chunks, and nothing else but one block at the bottom: it will move. */
    private long lonely(BlockPool pool, int s) {
        long filling = pool.allocate(3 * chunk - SIZE, s);
        long block = pool.allocate(SIZE, s);
        pool.free(filling, s);
        return block;
    }

    @Test
    void aGraphIsRecordedOnceAndAgainAfterItsBlockHasMoved() {
        budget = Budget.ofBytes(4 * chunk);
        try (Stream stream = context.newStream(); BlockPool pool = pool()) {
            int s = pool.attach(stream);
            long source = lonely(pool, s);
            long target = pool.allocate(SIZE, s);
            stream.fill32(pool.address(source), 41, SIZE / 4);
            try (BlockGraph graph = pool.graph(BlockGraphTest::copy, source, target)) {
                assertThat(graph.ready()).isFalse();
                graph.launch(s);
                graph.launch(s);
                stream.synchronize();
                assertThat(word(pool.address(target))).isEqualTo(41);
                assertThat(graph.recordings()).isOne();
                long old = pool.address(source) + pool.address(target);
                assertThatThrownBy(() -> pool.allocate(3 * chunk + SIZE, s)).isInstanceOf(DeviceMemoryExhausted.class);
                assertThat(pool.defragment(3 * chunk)).isPositive();
                assertThat(graph.ready()).isFalse();
                long large = pool.allocate(3 * chunk, s);
                assertThat(pool.address(source) + pool.address(target)).as("one of them has moved").isNotEqualTo(old);
                PoolOracle.check(pool);
                stream.fill32(pool.address(large), 99, 3 * chunk / 4);
                stream.fill32(pool.address(target), 0, SIZE / 4);
                graph.launch(s);
                stream.synchronize();
                assertThat(word(pool.address(target))).isEqualTo(41);
                assertThat(word(pool.address(target) + SIZE - 4)).isEqualTo(41);
                assertThat(word(pool.address(large))).isEqualTo(99);
                assertThat(word(pool.address(large) + 3 * chunk - 4)).isEqualTo(99);
                assertThat(graph.recordings()).isEqualTo(2);
            }
        }
    }

    @Test
    void aGraphWhoseBlockWasGivenBackCannotBeLaunched() {
        try (Stream stream = context.newStream(); BlockPool pool = pool()) {
            int s = pool.attach(stream);
            long source = pool.allocate(SIZE, s);
            long target = pool.allocate(SIZE, s);
            try (BlockGraph graph = pool.graph(BlockGraphTest::copy, source, target)) {
                graph.launch(s);
                pool.free(target, s);
                assertThat(graph.ready()).isFalse();
                stream.synchronize();
                long other = pool.allocate(SIZE, s);
                assertThatThrownBy(() -> graph.launch(s)).isInstanceOfSatisfying(BlockMisuse.class,
                        e -> assertThat(e.kind()).isEqualTo(BlockMisuse.Kind.STALE));
                pool.free(other, s);
            }
            assertThatThrownBy(() -> pool.graph(BlockGraphTest::copy, target)).isInstanceOf(BlockMisuse.class);
        }
    }

    @Test
    void graphsOfOtherBlocksStayAsTheyAre() {
        try (Stream stream = context.newStream(); BlockPool pool = pool()) {
            int s = pool.attach(stream);
            long a = pool.allocate(SIZE, s);
            long b = pool.allocate(SIZE, s);
            long c = pool.allocate(SIZE, s);
            BlockGraph graph = pool.graph(BlockGraphTest::copy, a, b);
            graph.launch(s);
            pool.free(c, s);
            assertThat(graph.ready()).isTrue();
            stream.synchronize();
            graph.close();
            assertThatThrownBy(() -> graph.launch(s)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
            graph.close();
        }
    }

    @Test
    void withoutVirtualMemoryGrowthEndsEveryGraph() {
        try (Stream stream = context.newStream();
                BlockPool pool = new BlockPool(context, PlainRegion.empty(context, budget, "plain", 100 << 20), false)) {
            int s = pool.attach(stream);
            long a = pool.allocate(SIZE, s);
            long b = pool.allocate(SIZE, s);
            stream.fill32(pool.address(a), 7, SIZE / 4);
            try (BlockGraph graph = pool.graph(BlockGraphTest::copy, a, b)) {
                graph.launch(s);
                stream.synchronize();
                pool.allocate(8 << 20, s);
                assertThat(graph.ready()).isFalse();
                stream.fill32(pool.address(b), 0, SIZE / 4);
                graph.launch(s);
                stream.synchronize();
                assertThat(word(pool.address(b))).isEqualTo(7);
            }
        }
    }

    /** Whichever driver call of recording fails, the graph is not ready, and the next launch records it. */
    @Test
    void aRecordingThatFailsIsTriedAgain() {
        boolean failed = true;
        int nth = 0;
        while (failed) {
            nth++;
            try (Stream stream = context.newStream(); BlockPool pool = pool()) {
                int s = pool.attach(stream);
                long a = pool.allocate(SIZE, s);
                long b = pool.allocate(SIZE, s);
                stream.fill32(pool.address(a), nth, SIZE / 4);
                try (BlockGraph graph = pool.graph(BlockGraphTest::copy, a, b)) {
                    SoftDevice.failCall(null, nth, UNKNOWN);
                    failed = false;
                    try {
                        graph.launch(s);
                    } catch (CudaException e) {
                        failed = true;
                    }
                    SoftDevice.clearFailures();
                    stream.synchronize();
                    graph.launch(s);
                    stream.synchronize();
                    assertThat(word(pool.address(b))).isEqualTo(nth);
                }
            }
        }
        assertThat(nth).isGreaterThan(3);
    }
}
