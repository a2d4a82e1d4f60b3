package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.cuda.SoftDevice;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemorySystemTest extends SoftMemory {
    @Test
    void eachPurposeHasOneRegion() {
        try (MemorySystem memory = new MemorySystem(context, budget)) {
            assertThat(memory.weights()).isSameAs(memory.weights()).isNotSameAs(memory.slab(0));
            assertThat(memory.slab(0)).isSameAs(memory.slab(0)).isNotSameAs(memory.slab(1));
            assertThat(budget.used()).isZero();
            memory.weights().ensure(3 * chunk);
            memory.slab(1).ensure(1000);
            assertThat(SoftDevice.live("bytes")).isEqualTo(4 * chunk);
        }
    }

    @Test
    void theReportNamesRegionsCallsAndTheLargestHolders() {
        try (MemorySystem memory = new MemorySystem(context, budget)) {
            memory.weights().ensure(3 * chunk);
            memory.weights().describe(List.of(new MemoryReport.Holder("embed", 1 << 20), new MemoryReport.Holder("tiny", 5)));
            memory.slab(0).ensure(1000);
            MemoryReport report = memory.report();
            assertThat(report.held()).isEqualTo(4 * chunk);
            assertThat(report.used()).isEqualTo(3 * chunk + 1000);
            assertThat(report.largest()).startsWith(new MemoryReport.Holder("slab 0", chunk), new MemoryReport.Holder("weights/embed", 1 << 20));
            assertThat(report.toText()).contains("weights", "slab 0", "create 4", "map 4", "6.00 MiB", "1000 B", "weights/embed");
        }
    }

    @Test
    void regionsOfSeveralOwnersAreToldApart() {
        try (MemorySystem first = new MemorySystem(context, budget, "large"); MemorySystem second = new MemorySystem(context, budget, "digits")) {
            first.weights().ensure(2 * chunk);
            second.weights().ensure(chunk);
            second.weights().describe(List.of(new MemoryReport.Holder("embed", 5)));
            assertThat(first.report().regions()).extracting(MemoryReport.RegionUse::name).containsExactly("digits: weights", "large: weights");
            assertThat(first.report().toText()).containsPattern("\n  large: weights +4\\.00 MiB").contains("digits: weights/embed");
            assertThat(first.fixed()).isEqualTo(2 * chunk);
        }
    }

    @Test
    void sessionsShareABudget() {
        budget = Budget.ofBytes(4 * chunk);
        try (MemorySystem first = new MemorySystem(context, budget); MemorySystem second = new MemorySystem(context, budget)) {
            first.weights().ensure(3 * chunk);
            assertThatThrownBy(() -> second.weights().ensure(2 * chunk)).isInstanceOf(DeviceMemoryExhausted.class);
            first.weights().trim(2 * chunk);
            second.weights().ensure(2 * chunk);
        }
    }

    @Test
    void aRegionIsClosedEvenIfAnotherCannotBe() {
        MemorySystem memory = new MemorySystem(context, budget);
        memory.weights().ensure(chunk);
        memory.slab(0).ensure(chunk);
        SoftDevice.failCall(null, 1, UNKNOWN);
        assertThatThrownBy(memory::close).hasMessageContaining("999");
        SoftDevice.clearFailures();
        assertNothingHeld();
        memory.close();
    }
}
