package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.SoftDevice;
import dev.parasol.cuda.Stream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The addresses under which a pool maps its chunks besides their homes. */
class PoolViewsTest extends SoftMemory {
    @Test
    void addressesThatAreNotInUseAreGivenUpBeforeTheyAreTooMany() {
        try (Stream stream = context.newStream(); VirtualRegion region = VirtualRegion.reserve(context, budget, "pool", 4096 * chunk);
                BlockPool pool = new BlockPool(context, region, false)) {
            int s = pool.attach(stream);
            Random random = new Random(1);
            List<Long> blocks = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                blocks.add(pool.allocate(chunk, s));
            }
            int most = 0;
            for (int i = 0; i < 200; i++) {
                Collections.shuffle(blocks, random);
                blocks.subList(0, 4).forEach(block -> pool.free(block, s));
                pool.free(pool.allocate(4 * chunk, s), s);
                blocks.subList(0, 4).replaceAll(block -> pool.allocate(chunk, s));
                assertThat(region.views()).isLessThanOrEqualTo(16 * 16);
                most = Math.max(most, region.views());
            }
            assertThat(region.mapped()).isEqualTo(16 * chunk);
            PoolOracle.check(pool);
            assertThat(most).isGreaterThan(region.views());
            assertThat(SoftDevice.calls("cuMemUnmap")).isPositive();
        }
    }

    @Test
    void whenTheDriverHasNoRoomForMoreMappingsUnusedOnesMakeRoom() {
        try (Stream stream = context.newStream(); VirtualRegion region = VirtualRegion.reserve(context, budget, "pool", 4096 * chunk);
                BlockPool pool = new BlockPool(context, region, false)) {
            int s = pool.attach(stream);
            List<Long> blocks = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                blocks.add(pool.allocate(chunk, s));
            }
            pool.free(blocks.get(0), s);
            pool.free(blocks.get(2), s);
            pool.free(pool.allocate(2 * chunk, s), s);
            assertThat(region.views()).isEqualTo(2);
            pool.free(blocks.get(4), s);
            SoftDevice.failCall("cuMemMap", 1, OUT_OF_MEMORY);
            long all = pool.allocate(3 * chunk, s);
            assertThat(region.views()).as("only the new ones").isEqualTo(3);
            assertThat(budget.used()).isEqualTo(6 * chunk);
            assertUsable(pool.address(all), 3 * chunk, 5);
            PoolOracle.check(pool);
        }
    }
}
