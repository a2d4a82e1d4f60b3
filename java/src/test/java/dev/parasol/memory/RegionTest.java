package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.SoftDevice;
import dev.parasol.cuda.Stream;
import org.junit.jupiter.api.Test;

class RegionTest extends SoftMemory {
    @Test
    void growsInChunksAtAddressesThatStay() {
        try (Region region = Region.open(context, budget, "r", 100 * chunk)) {
            assertThat(region.virtual()).isTrue();
            assertThat(region.mapped()).isZero();
            long address = region.address();
            region.ensure(1);
            assertThat(region.mapped()).isEqualTo(chunk);
            assertUsable(address, chunk, 7);
            region.ensure(3 * chunk + 1);
            assertThat(region.mapped()).isEqualTo(4 * chunk).isEqualTo(budget.used()).isEqualTo(SoftDevice.live("bytes"));
            assertThat(region.address()).isEqualTo(address);
            assertThat(word(address)).isEqualTo(7);
            assertUsable(address, 4 * chunk, 8);
        }
    }

    @Test
    void makesNoDriverCallWhenTheBytesAreThere() {
        try (Region region = Region.open(context, budget, "r", 10 * chunk)) {
            region.ensure(2 * chunk);
            long generation = region.generation();
            long calls = SoftDevice.calls(null);
            for (int i = 0; i < 100; i++) {
                region.ensure(i * chunk / 50);
            }
            assertThat(SoftDevice.calls(null)).isEqualTo(calls);
            assertThat(region.generation()).isEqualTo(generation);
        }
    }

    @Test
    void trimGivesWholeChunksBackAndChangesTheGeneration() {
        try (Region region = Region.open(context, budget, "r", 10 * chunk)) {
            region.ensure(5 * chunk);
            assertUsable(region.address(), 5 * chunk, 3);
            long generation = region.generation();
            region.trim(chunk + 1);
            assertThat(region.mapped()).isEqualTo(2 * chunk).isEqualTo(budget.used()).isEqualTo(SoftDevice.live("bytes"));
            assertThat(region.generation()).isNotEqualTo(generation);
            assertThat(word(region.address() + 2 * chunk - 4)).isEqualTo(3);
            region.ensure(3 * chunk);
            assertUsable(region.address(), 3 * chunk, 4);
            assertThat(region.peak()).isEqualTo(5 * chunk);
            assertThat(region.used()).isEqualTo(3 * chunk);
        }
    }

    @Test
    void aBudgetRefusesAndTheRegionStaysAsItWas() {
        budget = Budget.ofBytes(3 * chunk);
        try (Region region = Region.open(context, budget, "weights", 10 * chunk)) {
            region.ensure(2 * chunk);
            assertThatThrownBy(() -> region.ensure(4 * chunk)).isInstanceOfSatisfying(DeviceMemoryExhausted.class, e -> {
                assertThat(e.requested()).isEqualTo(2 * chunk);
                assertThat(e.free()).isEqualTo(chunk);
                assertThat(e).hasMessageContaining("weights").hasMessageContaining("largest holders");
            });
            assertThat(region.mapped()).isEqualTo(2 * chunk);
            assertThat(region.used()).isEqualTo(2 * chunk);
            region.ensure(3 * chunk);
            assertUsable(region.address(), 3 * chunk, 1);
        }
    }

    @Test
    void aFullDeviceIsAnOrdinaryAnswer() {
        long total = context.memoryInfo().total();
        try (Region region = Region.open(context, budget, "r", 2 * total)) {
            region.ensure(chunk);
            assertThatThrownBy(() -> region.ensure(2 * total)).isInstanceOf(DeviceMemoryExhausted.class);
            assertThat(region.mapped()).isEqualTo(chunk);
            region.ensure(2 * chunk);
        }
    }

    @Test
    void moreThanTheCapacityIsMemoryThatThereIsNot() {
        try (Region region = Region.open(context, budget, "r", chunk)) {
            assertThatThrownBy(() -> region.ensure(chunk + 1)).isInstanceOfSatisfying(DeviceMemoryExhausted.class, e -> {
                assertThat(e).hasMessageContaining("r asked for");
                assertThat(e.free()).isEqualTo(context.memoryInfo().free());
            });
            assertThatThrownBy(() -> region.ensure(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Every driver call of a growth is made to fail in turn, by either kind of error. */
    @Test
    void everyFailureOfAGrowthLeavesTheRegionAsItWas() {
        for (int code : new int[] {OUT_OF_MEMORY, UNKNOWN}) {
            int nth = 1;
            while (growthFails(nth, code)) {
                nth++;
            }
            assertThat(nth).as("calls of a growth").isGreaterThan(3 * 2 + 1);
        }
    }

    private boolean growthFails(int nth, int code) {
        try (Region region = Region.open(context, budget, "r", 10 * chunk)) {
            region.ensure(2 * chunk);
            assertUsable(region.address(), 2 * chunk, 11);
            SoftDevice.failCall(null, nth, code);
            try {
                region.ensure(5 * chunk);
                SoftDevice.clearFailures();
                return false;
            } catch (DeviceMemoryExhausted e) {
                assertThat(code).isEqualTo(OUT_OF_MEMORY);
            } catch (CudaException e) {
                assertThat(e.code()).isEqualTo(code);
            }
            SoftDevice.clearFailures();
            assertThat(region.mapped()).as("call %d fails", nth).isEqualTo(2 * chunk);
            assertThat(budget.used()).isEqualTo(2 * chunk).isEqualTo(SoftDevice.live("bytes"));
            assertThat(SoftDevice.live("handles")).isEqualTo(2);
            assertThat(word(region.address() + 2 * chunk - 4)).isEqualTo(11);
            region.ensure(5 * chunk);
            assertUsable(region.address(), 5 * chunk, 12);
            return true;
        }
    }

    @Test
    void everyFailureOfATrimCanBeTriedAgain() {
        int nth = 1;
        while (trimFails(nth)) {
            nth++;
        }
        assertThat(nth).as("calls of a trim").isGreaterThan(6);
    }

    private boolean trimFails(int nth) {
        try (Region region = Region.open(context, budget, "r", 10 * chunk)) {
            region.ensure(4 * chunk);
            SoftDevice.failCall(null, nth, UNKNOWN);
            try {
                region.trim(chunk);
                SoftDevice.clearFailures();
                return false;
            } catch (CudaException e) {
                SoftDevice.clearFailures();
            }
            assertThat(budget.used()).isEqualTo(SoftDevice.live("bytes"));
            if (nth % 2 == 0) {
                region.ensure(5 * chunk);
                assertUsable(region.address(), 5 * chunk, 5);
            }
            region.trim(chunk);
            assertThat(region.mapped()).isEqualTo(chunk).isEqualTo(SoftDevice.live("bytes")).isEqualTo(budget.used());
            return true;
        }
    }

    @Test
    void everyFailureOfAClosingStillGivesEverythingBack() {
        int nth = 1;
        boolean failed;
        do {
            Region region = Region.open(context, budget, "r", 10 * chunk);
            region.ensure(3 * chunk);
            SoftDevice.failCall(null, nth, UNKNOWN);
            failed = false;
            try {
                region.close();
            } catch (CudaException e) {
                failed = true;
            }
            SoftDevice.clearFailures();
            assertNothingHeld();
            region.close();
            nth++;
        } while (failed);
        assertThat(nth).isGreaterThan(8);
    }

    @Test
    void openingThatFailsLeavesNothing() {
        long before = SoftDevice.calls(null);
        Region first = Region.open(context, budget, "r", chunk);
        long calls = SoftDevice.calls(null) - before;
        first.close();
        for (long nth = 1; nth <= calls; nth++) {
            SoftDevice.failCall(null, nth, UNKNOWN);
            assertThatThrownBy(() -> Region.open(context, budget, "r", chunk)).isInstanceOf(CudaException.class);
            SoftDevice.clearFailures();
            assertNothingHeld();
        }
    }

    @Test
    void itGrowsWhileItsLowerPartIsInUse() throws InterruptedException {
        try (Region region = Region.open(context, budget, "r", 60 * chunk); Stream stream = context.newStream()) {
            region.ensure(chunk);
            Thread growth = new Thread(() -> {
                for (int i = 2; i <= 40; i++) {
                    region.ensure(i * chunk);
                }
            });
            growth.start();
            for (int i = 0; i < 200; i++) {
                stream.fill32(region.address(), i, 1024);
                stream.synchronize();
            }
            growth.join();
            assertThat(word(region.address())).isEqualTo(199);
            assertUsable(region.address(), 40 * chunk, 1);
        }
    }

    @Test
    void theFallbackKeepsItsContentAndItsAccount() {
        try (Region region = PlainRegion.empty(context, budget, "plain", 20 << 20)) {
            assertThat(region.address()).isZero();
            region.ensure(100);
            assertUsable(region.address(), PlainRegion.STEP, 9);
            long generation = region.generation();
            region.ensure(PlainRegion.STEP + 1);
            assertThat(region.generation()).isNotEqualTo(generation);
            assertThat(word(region.address() + PlainRegion.STEP - 4)).isEqualTo(9);
            assertThat(region.mapped()).isEqualTo(2 * PlainRegion.STEP).isEqualTo(budget.used()).isEqualTo(SoftDevice.live("bytes"));
            region.trim(0);
            assertThat(region.address()).isZero();
            assertThat(budget.used()).isZero();
        }
    }

    @Test
    void everyFailureOfTheFallbackLeavesItAsItWas() {
        int nth = 1;
        boolean failed = true;
        while (failed) {
            try (Region region = PlainRegion.empty(context, budget, "plain", 20 << 20)) {
                region.ensure(1);
                assertUsable(region.address(), PlainRegion.STEP, 9);
                SoftDevice.failCall(null, nth, OUT_OF_MEMORY);
                failed = false;
                try {
                    region.ensure(2 * PlainRegion.STEP);
                } catch (DeviceMemoryExhausted | CudaException e) {
                    failed = true;
                }
                SoftDevice.clearFailures();
                assertThat(budget.used()).as("call %d", nth).isEqualTo(region.mapped()).isEqualTo(SoftDevice.live("bytes"));
                assertThat(word(region.address())).isEqualTo(9);
                region.ensure(2 * PlainRegion.STEP);
                assertThat(word(region.address() + PlainRegion.STEP - 4)).isEqualTo(9);
            }
            nth++;
        }
        assertThat(nth).isGreaterThan(5);
    }
}
