package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds for a pool at any time, counted anew. */
final class PoolOracle {
    private PoolOracle() {
    }

    /** Blocks lie apart in order, aligned, on mapped chunks, coalesced, and the counters equal a recount. */
    static void check(BlockPool pool) {
        BlockIndex index = pool.index();
        long live = 0;
        long free = 0;
        Block previous = null;
        for (Block block = index.lowest(); block != null; block = block.above) {
            assertThat(block.below).isSameAs(previous);
            assertThat(block.size).isPositive();
            assertThat(block.offset % 256).isZero();
            assertThat(block.size % 256).isZero();
            if (previous != null) {
                assertThat(block.offset).isGreaterThanOrEqualTo(previous.end());
                assertThat(previous.free && block.free && previous.stream == block.stream && previous.touches(block))
                        .as("free neighbours of one stream at %d", block.offset).isFalse();
            }
            if (block.free) {
                free += block.size;
            } else {
                live += block.size;
            }
            assertMapped(pool.region(), block);
            previous = block;
        }
        assertThat(index.highest()).isSameAs(previous);
        assertThat(index.liveBytes()).isEqualTo(live);
        assertThat(index.freeBytes()).isEqualTo(free);
        BlockPool.Statistics statistics = pool.statistics();
        assertThat(statistics.live()).isEqualTo(live);
        assertThat(statistics.free()).isEqualTo(free);
        assertThat(statistics.reserved()).isGreaterThanOrEqualTo(live + free);
    }

    private static void assertMapped(Region region, Block block) {
        if (region instanceof VirtualRegion virtual) {
            for (long chunk = block.offset / region.step(); chunk * region.step() < block.end(); chunk++) {
                assertThat(virtual.usable((int) chunk)).as("chunk %d under a block", chunk).isNotNull();
                assertThat(virtual.usable((int) chunk).active).as("the slot by which that chunk is used").isEqualTo((int) chunk);
            }
        }
    }
}
