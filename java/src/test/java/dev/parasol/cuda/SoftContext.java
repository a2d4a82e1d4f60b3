package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A fresh context of the software device for every test, which must leave nothing alive and nothing leaked. */
abstract class SoftContext {
    private static final String[] KINDS = {
        "bytes", "host_bytes", "allocations", "handles", "ranges", "mappings", "streams", "events", "modules", "graphs", "graph_execs", "contexts"
    };

    CudaContext context;
    private long leaksBefore;

    @BeforeEach
    void open() {
        context = CudaContext.open(DeviceSpec.parse("soft:0"));
        leaksBefore = Leaks.count();
    }

    @AfterEach
    void closeAndCount() {
        SoftDevice.clearFailures();
        context.close();
        assertThat(Leaks.count()).as("leaks").isEqualTo(leaksBefore);
        assertNothingAlive();
    }

    static void assertNothingAlive() {
        for (String kind : KINDS) {
            assertThat(SoftDevice.live(kind)).as("%s alive", kind).isZero();
        }
    }

    HostBuffer hostOf(int... words) {
        HostBuffer buffer = context.allocateHost(4L * words.length);
        buffer.bytes().asIntBuffer().put(words);
        return buffer;
    }

    static int[] words(HostBuffer buffer) {
        int[] words = new int[(int) buffer.size() / 4];
        buffer.bytes().asIntBuffer().get(words);
        return words;
    }
}
