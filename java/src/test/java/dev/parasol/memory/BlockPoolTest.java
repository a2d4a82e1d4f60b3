package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.SoftDevice;
import dev.parasol.cuda.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BlockPoolTest extends SoftMemory {
    private BlockPool pool(boolean debug) {
        return new BlockPool(context, Region.open(context, budget, "pool", 400 * chunk), debug);
    }

    @Test
    void blocksAreAlignedUsableAndReusedInStreamOrder() {
        try (Stream stream = context.newStream(); BlockPool pool = pool(false)) {
            int s = pool.attach(stream);
            long a = pool.allocate(1000, s);
            long b = pool.allocate(1, s);
            assertThat(pool.address(a) % 256).isZero();
            assertThat(pool.address(b) % 256).isZero();
            assertThat(pool.size(a)).isEqualTo(1024);
            assertUsable(pool.address(a), 1024, 3);
            long address = pool.address(a);
            pool.free(a, s);
            long c = pool.allocate(900, s);
            assertThat(pool.address(c)).isEqualTo(address);
            assertThat(pool.statistics().live()).isEqualTo(1024 + 256);
            assertThat(pool.statistics().reserved()).isEqualTo(chunk);
        }
    }

    @Test
    void staleDoubleAndForeignHandlesAreRecognized() {
        try (Stream stream = context.newStream(); BlockPool pool = pool(false); BlockPool other = pool(false)) {
            int s = pool.attach(stream);
            int t = other.attach(stream);
            long a = pool.allocate(100, s);
            long foreign = other.allocate(100, t);
            pool.free(a, s);
            assertMisuse(BlockMisuse.Kind.DOUBLE_FREE, () -> pool.free(a, s));
            assertMisuse(BlockMisuse.Kind.STALE, () -> pool.address(a));
            long b = pool.allocate(100, s);
            assertThat(b).isNotEqualTo(a);
            assertMisuse(BlockMisuse.Kind.STALE, () -> pool.free(a, s));
            assertMisuse(BlockMisuse.Kind.FOREIGN, () -> pool.free(foreign, s));
            assertMisuse(BlockMisuse.Kind.FOREIGN, () -> pool.size(12345));
            assertMisuse(BlockMisuse.Kind.FOREIGN, () -> pool.size(-1));
            pool.free(b, s);
            other.free(foreign, t);
            assertThat(pool.statistics().live()).isZero();
        }
    }

    private static void assertMisuse(BlockMisuse.Kind kind, Runnable use) {
        assertThatThrownBy(use::run).isInstanceOfSatisfying(BlockMisuse.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    /** The second stream's fill must come after the first one's, which only an event ensures. */
    @Test
    void anotherStreamWaitsForWhatWasFreed() {
        try (Stream first = context.newStream(); Stream second = context.newStream(); BlockPool pool = pool(false)) {
            int one = pool.attach(first);
            int two = pool.attach(second);
            long a = pool.allocate(chunk, one);
            long address = pool.address(a);
            long waits = SoftDevice.calls("cuStreamWaitEvent");
            first.fill32(address, 1, chunk / 4);
            pool.free(a, one);
            long b = pool.allocate(chunk, two);
            assertThat(pool.address(b)).isEqualTo(address);
            assertThat(SoftDevice.calls("cuStreamWaitEvent")).isEqualTo(waits + 1);
            second.fill32(address, 2, chunk / 4);
            second.synchronize();
            first.synchronize();
            assertThat(word(address)).isEqualTo(2);
            assertThat(pool.statistics().reserved()).isEqualTo(chunk);
        }
    }

    @Test
    void neighboursOfSeveralStreamsServeOneRequestTogether() {
        try (Stream first = context.newStream(); Stream second = context.newStream(); BlockPool pool = pool(false)) {
            int one = pool.attach(first);
            int two = pool.attach(second);
            long a = pool.allocate(chunk / 2, one);
            long b = pool.allocate(chunk / 2, two);
            pool.free(a, one);
            pool.free(b, two);
            long whole = pool.allocate(chunk, one);
            assertThat(pool.statistics().reserved()).isEqualTo(chunk);
            assertUsable(pool.address(whole), chunk, 5);
        }
    }

    /** Enough is free, but nowhere enough together: chunks are carried, nothing is created, and what stays keeps its content. */
    @Test
    void freeChunksAreGatheredWithoutCopyingOrCreating() {
        try (Stream stream = context.newStream(); BlockPool pool = pool(false)) {
            int s = pool.attach(stream);
            List<Long> blocks = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                blocks.add(pool.allocate(chunk, s));
                stream.fill32(pool.address(blocks.get(i)), i, chunk / 4);
            }
            for (int i = 0; i < 12; i += 2) {
                pool.free(blocks.get(i), s);
            }
            long created = SoftDevice.calls("cuMemCreate");
            long copies = SoftDevice.calls("cuMemcpyDtoDAsync_v2");
            long large = pool.allocate(6 * chunk, s);
            assertThat(SoftDevice.calls("cuMemCreate")).isEqualTo(created);
            assertThat(SoftDevice.calls("cuMemcpyDtoDAsync_v2")).isEqualTo(copies);
            assertThat(budget.count(MemoryCounter.REMAP)).isPositive();
            assertThat(pool.statistics().reserved()).isEqualTo(12 * chunk).isEqualTo(budget.used());
            assertUsable(pool.address(large), 6 * chunk, 99);
            for (int i = 1; i < 12; i += 2) {
                assertThat(word(pool.address(blocks.get(i)) + chunk - 4)).isEqualTo(i);
            }
        }
    }

    @Test
    void trimGivesFreeChunksBackWhereverTheyLie() {
        try (Stream stream = context.newStream(); BlockPool pool = pool(false)) {
            int s = pool.attach(stream);
            long[] blocks = new long[6];
            for (int i = 0; i < 6; i++) {
                blocks[i] = pool.allocate(chunk, s);
            }
            for (int i : new int[] {1, 2, 4, 5}) {
                pool.free(blocks[i], s);
            }
            pool.trim();
            assertThat(pool.statistics().reserved()).isEqualTo(2 * chunk).isEqualTo(SoftDevice.live("bytes"));
            long again = pool.allocate(2 * chunk, s);
            assertUsable(pool.address(again), 2 * chunk, 1);
            assertUsable(pool.address(blocks[3]), chunk, 1);
            assertThat(pool.statistics().reserved()).isEqualTo(4 * chunk);
        }
    }

    @Test
    void exhaustionIsAnswerableAndLeavesThePoolUsable() {
        budget = Budget.ofBytes(3 * chunk);
        try (Stream stream = context.newStream(); BlockPool pool = pool(false)) {
            int s = pool.attach(stream);
            long a = pool.allocate(2 * chunk, s);
            assertThatThrownBy(() -> pool.allocate(2 * chunk, s)).isInstanceOf(DeviceMemoryExhausted.class);
            assertThatThrownBy(() -> pool.allocate(Long.MAX_VALUE, s)).isInstanceOf(DeviceMemoryExhausted.class);
            long b = pool.allocate(chunk, s);
            pool.free(a, s);
            pool.free(b, s);
            long c = pool.allocate(3 * chunk, s);
            assertUsable(pool.address(c), 3 * chunk, 1);
        }
    }

    /** Every driver call of an allocation that has to gather and to grow is made to fail in turn. */
    @Test
    void everyFailingCallLeavesThePoolUsable() {
        int nth = 1;
        while (gatheringFails(nth)) {
            nth++;
        }
        assertThat(nth).isGreaterThan(6);
    }

    private boolean gatheringFails(int nth) {
        boolean failed = false;
        try (Stream stream = context.newStream(); BlockPool pool = pool(false)) {
            int s = pool.attach(stream);
            long[] blocks = new long[5];
            for (int i = 0; i < 5; i++) {
                blocks[i] = pool.allocate(chunk, s);
                stream.fill32(pool.address(blocks[i]), i, chunk / 4);
            }
            stream.synchronize();
            pool.free(blocks[0], s);
            pool.free(blocks[2], s);
            SoftDevice.failCall(null, nth, UNKNOWN);
            try {
                pool.allocate(3 * chunk, s);
            } catch (CudaException e) {
                failed = true;
            }
            SoftDevice.clearFailures();
            PoolOracle.check(pool);
            assertThat(budget.used()).as("call %d", nth).isEqualTo(SoftDevice.live("bytes"));
            for (int i : new int[] {1, 3, 4}) {
                assertThat(word(pool.address(blocks[i]))).isEqualTo(i);
            }
            long again = pool.allocate(4 * chunk, s);
            assertUsable(pool.address(again), 4 * chunk, 7);
            PoolOracle.check(pool);
        }
        assertNothingHeld();
        return failed;
    }

    @Test
    void debugFindsWritesBesideABlock() {
        try (Stream stream = context.newStream(); BlockPool pool = pool(true)) {
            int s = pool.attach(stream);
            long after = pool.allocate(1000, s);
            assertThat(word(pool.address(after))).isEqualTo(0xCDCDCDCD);
            stream.fill(pool.address(after) + 1000, (byte) 0, 1);
            assertThatThrownBy(() -> pool.free(after, s)).isInstanceOfSatisfying(BlockMisuse.class, e -> {
                assertThat(e.kind()).isEqualTo(BlockMisuse.Kind.OVERWRITTEN);
                assertThat(e).hasMessageContaining("after the block").hasMessageContaining("1000 bytes");
                assertThat(e.getCause()).hasMessage("allocated here");
            });
            long before = pool.allocate(1000, s);
            stream.fill(pool.address(before) - 1, (byte) 0, 1);
            assertThatThrownBy(() -> pool.free(before, s)).isInstanceOf(BlockMisuse.class).hasMessageContaining("byte 255 before the block");
            long good = pool.allocate(1000, s);
            stream.fill(pool.address(good), (byte) 7, 1000);
            pool.free(good, s);
        }
    }

    @Test
    void debugFindsWritesAfterABlockWasGivenBack() {
        try (Stream stream = context.newStream(); BlockPool pool = pool(true)) {
            int s = pool.attach(stream);
            long handle = pool.allocate(512, s);
            long address = pool.address(handle);
            pool.free(handle, s);
            assertThatThrownBy(() -> pool.free(handle, s)).isInstanceOf(BlockMisuse.class)
                    .satisfies(e -> assertThat(e.getCause()).hasMessage("given back here"));
            stream.fill(address + 100, (byte) 1, 1);
            stream.synchronize();
            assertThatThrownBy(() -> {
                for (int i = 0; i <= BlockGuard.QUARANTINE; i++) {
                    pool.free(pool.allocate(512, s), s);
                }
            }).isInstanceOf(BlockMisuse.class).hasMessageContaining("after it was given back");
        }
    }

    @Test
    void eightThreadsKeepTheirContent() throws InterruptedException {
        hammerFor(10);
    }

    @Tag("soak")
    @Test
    void eightThreadsKeepTheirContentForTenMinutes() throws InterruptedException {
        hammerFor(600);
    }

    private void hammerFor(int seconds) throws InterruptedException {
        List<Throwable> failures = new ArrayList<>();
        try (BlockPool pool = pool(false)) {
            Thread[] threads = new Thread[8];
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            for (int t = 0; t < threads.length; t++) {
                int seed = t;
                threads[t] = new Thread(() -> {
                    try {
                        hammer(pool, seed, until);
                    } catch (RuntimeException | AssertionError e) {
                        synchronized (failures) {
                            failures.add(e);
                        }
                    }
                });
                threads[t].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            PoolOracle.check(pool);
            assertThat(pool.statistics().live()).isZero();
            System.out.println("eight threads for " + seconds + " s: " + pool.statistics());
        }
    }

    /** Each block carries a cookie in its first and last word, looked at before it is given back. */
    private void hammer(BlockPool pool, int seed, long until) {
        Random random = new Random(seed);
        List<long[]> mine = new ArrayList<>();
        try (Stream stream = context.newStream()) {
            int s = pool.attach(stream);
            int cookie = seed << 24;
            while (System.nanoTime() < until) {
                if (mine.size() < 6 && random.nextBoolean()) {
                    long bytes = 4L * (1 + random.nextInt(random.nextInt(8) == 0 ? 1 << 20 : 5000));
                    long handle = pool.allocate(bytes, s);
                    cookie++;
                    stream.fill32(pool.address(handle), cookie, 1);
                    stream.fill32(pool.address(handle) + bytes - 4, cookie, 1);
                    mine.add(new long[] {handle, bytes, cookie});
                } else if (!mine.isEmpty()) {
                    long[] block = mine.remove(random.nextInt(mine.size()));
                    giveBack(pool, stream, s, block);
                }
            }
            for (long[] block : mine) {
                giveBack(pool, stream, s, block);
            }
            pool.detach(s);
        }
    }

    private void giveBack(BlockPool pool, Stream stream, int s, long[] block) {
        stream.synchronize();
        assertThat(word(pool.address(block[0]))).isEqualTo((int) block[2]);
        assertThat(word(pool.address(block[0]) + block[1] - 4)).isEqualTo((int) block[2]);
        pool.free(block[0], s);
    }

    @Test
    void theFallbackServesBlocksToo() {
        try (Stream stream = context.newStream();
                BlockPool pool = new BlockPool(context, PlainRegion.empty(context, budget, "plain", 100 << 20), false)) {
            int s = pool.attach(stream);
            long a = pool.allocate(1 << 20, s);
            stream.fill32(pool.address(a), 42, 1 << 18);
            long b = pool.allocate(5 << 20, s);
            assertThat(word(pool.address(a) + (1 << 20) - 4)).isEqualTo(42);
            pool.free(a, s);
            pool.free(b, s);
            pool.trim();
            assertThat(budget.used()).isZero();
        }
    }
}
