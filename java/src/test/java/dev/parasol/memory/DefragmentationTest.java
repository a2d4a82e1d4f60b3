package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.SoftDevice;
import dev.parasol.cuda.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DefragmentationTest extends SoftMemory {
    private static final int CHUNKS = 8;

    /** A pool of 8 chunks, all of the budget, with two small blocks left in each; block i holds i in every word. */
    private List<Long> pinEveryChunk(BlockPool pool, Stream stream, int s) {
        List<Long> small = new ArrayList<>();
        List<Long> filling = new ArrayList<>();
        int size = 4096;
        for (int chunkIndex = 0; chunkIndex < CHUNKS; chunkIndex++) {
            for (int i = 0; i < 4; i++) {
                boolean stays = i % 2 == 0;
                long handle = pool.allocate(stays ? size : chunk / 2 - size, s);
                (stays ? small : filling).add(handle);
                if (stays) {
                    stream.fill32(pool.address(handle), small.size() - 1, size / 4);
                }
            }
        }
        stream.synchronize();
        filling.forEach(handle -> pool.free(handle, s));
        assertThat(pool.statistics().reserved()).isEqualTo(CHUNKS * chunk).isEqualTo(budget.limit());
        return small;
    }

    private void assertContent(BlockPool pool, List<Long> small) {
        for (int i = 0; i < small.size(); i++) {
            assertThat(word(pool.address(small.get(i)))).isEqualTo(i);
            assertThat(word(pool.address(small.get(i)) + 4092)).isEqualTo(i);
        }
    }

    @Test
    void pinnedLeftoversAreMovedAndKeepTheirContent() {
        budget = Budget.ofBytes(CHUNKS * chunk);
        try (Stream stream = context.newStream(); BlockPool pool = new BlockPool(context, Region.open(context, budget, "pool", 100 * chunk), false)) {
            int s = pool.attach(stream);
            List<Long> small = pinEveryChunk(pool, stream, s);
            long request = (CHUNKS - 2) * chunk;
            assertThatThrownBy(() -> pool.allocate(request, s)).isInstanceOf(DeviceMemoryExhausted.class);
            long generation = pool.generation();
            long copied = pool.defragment(request);
            assertThat(copied).isBetween(1L, 2L * CHUNKS * 4096).isEqualTo(pool.statistics().moved());
            assertThat(pool.generation()).isNotEqualTo(generation);
            PoolOracle.check(pool);
            long large = pool.allocate(request, s);
            assertUsable(pool.address(large), request, 77);
            assertContent(pool, small);
            small.forEach(handle -> pool.free(handle, s));
            pool.free(large, s);
            assertThat(pool.statistics().live()).isZero();
            PoolOracle.check(pool);
        }
    }

    @Test
    void nothingIsMovedWhenFreeChunksSuffice() {
        try (Stream stream = context.newStream(); BlockPool pool = new BlockPool(context, Region.open(context, budget, "pool", 100 * chunk), false)) {
            int s = pool.attach(stream);
            long a = pool.allocate(3 * chunk, s);
            pool.allocate(100, s);
            pool.free(a, s);
            long generation = pool.generation();
            assertThat(pool.defragment(3 * chunk)).isZero();
            assertThat(pool.generation()).isEqualTo(generation);
            PoolOracle.check(pool);
        }
    }

    @Test
    void everyFailingCallLeavesContentAndAccountRight() {
        boolean failed = true;
        int nth = 1;
        while (failed) {
            budget = Budget.ofBytes(CHUNKS * chunk);
            try (Stream stream = context.newStream(); BlockPool pool = new BlockPool(context, Region.open(context, budget, "pool", 100 * chunk), false)) {
                int s = pool.attach(stream);
                List<Long> small = pinEveryChunk(pool, stream, s);
                SoftDevice.failCall(null, nth, UNKNOWN);
                failed = false;
                try {
                    pool.defragment(4 * chunk);
                } catch (CudaException e) {
                    failed = true;
                }
                SoftDevice.clearFailures();
                PoolOracle.check(pool);
                assertContent(pool, small);
                pool.defragment(4 * chunk);
                assertUsable(pool.address(pool.allocate(4 * chunk, s)), 4 * chunk, 1);
                assertContent(pool, small);
            }
            nth++;
        }
        assertThat(nth).isGreaterThan(8);
    }

    /** Random blocks and sizes: whatever is moved, every block keeps its content and the pool stays in order. */
    @Test
    void randomPoolsSurviveDefragmentation() {
        for (int seed = 0; seed < 15; seed++) {
            Random random = new Random(seed);
            budget = Budget.ofBytes(CHUNKS * chunk);
            try (Stream stream = context.newStream(); Stream other = context.newStream();
                    BlockPool pool = new BlockPool(context, Region.open(context, budget, "pool", 100 * chunk), false)) {
                int[] streams = {pool.attach(stream), pool.attach(other)};
                List<long[]> blocks = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    if (random.nextInt(5) < 3) {
                        try {
                            long handle = pool.allocate(4L * (1 + random.nextInt(random.nextInt(4) == 0 ? 600_000 : 30_000)), streams[random.nextInt(2)]);
                            stream.fill32(pool.address(handle), i, pool.size(handle) / 4);
                            stream.synchronize();
                            blocks.add(new long[] {handle, i});
                        } catch (DeviceMemoryExhausted e) {
                            pool.defragment(chunk * (1 + random.nextInt(4)));
                        }
                    } else if (!blocks.isEmpty()) {
                        pool.free(blocks.remove(random.nextInt(blocks.size()))[0], streams[random.nextInt(2)]);
                    }
                }
                pool.defragment(4 * chunk);
                PoolOracle.check(pool);
                for (long[] block : blocks) {
                    assertThat(word(pool.address(block[0]))).isEqualTo((int) block[1]);
                    assertThat(word(pool.address(block[0]) + pool.size(block[0]) - 4)).isEqualTo((int) block[1]);
                }
            }
        }
    }
}
