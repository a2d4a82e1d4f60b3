package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.cuda.Leaks;
import dev.parasol.cuda.SoftDevice;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.VirtualMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A context of the software device for every test, which must leave no memory behind. */
abstract class SoftMemory {
    static final int OUT_OF_MEMORY = 2;
    static final int UNKNOWN = 999;

    CudaContext context;
    Budget budget;
    long chunk;
    private long leaksBefore;

    @BeforeEach
    void open() {
        context = CudaContext.open(DeviceSpec.parse("soft:0"));
        budget = Budget.ofBytes(Long.MAX_VALUE);
        chunk = VirtualMemory.granularity(context);
        leaksBefore = Leaks.count();
    }

    @AfterEach
    void closeAndCount() {
        SoftDevice.clearFailures();
        assertNothingHeld();
        context.close();
        assertThat(Leaks.count()).isEqualTo(leaksBefore);
    }

    void assertNothingHeld() {
        for (String kind : new String[] {"bytes", "allocations", "handles", "ranges", "mappings"}) {
            assertThat(SoftDevice.live(kind)).as("%s alive", kind).isZero();
        }
        assertThat(budget.used()).as("budget used").isZero();
        assertThat(budget.regions()).isEmpty();
    }

    /** Writes {@code value} to every word of the bytes and reads the first and last one back. */
    void assertUsable(long address, long bytes, int value) {
        try (Stream stream = context.newStream(); HostBuffer host = context.allocateHost(8)) {
            stream.fill32(address, value, bytes / 4);
            stream.copyToHost(host, 0, address, 4);
            stream.copyToHost(host, 4, address + bytes - 4, 4);
            stream.synchronize();
            assertThat(host.bytes().getInt(0)).isEqualTo(value);
            assertThat(host.bytes().getInt(4)).isEqualTo(value);
        }
    }

    int word(long address) {
        try (Stream stream = context.newStream(); HostBuffer host = context.allocateHost(4)) {
            stream.copyToHost(host, 0, address, 4);
            stream.synchronize();
            return host.bytes().getInt(0);
        }
    }
}
