package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaksTest {
    private CudaContext context;
    private long before;

    @BeforeEach
    void open() throws InterruptedException {
        context = CudaContext.open(DeviceSpec.parse("soft:0"));
        makeAndForget(context, c -> c.newEvent(false));
        long earlier = Leaks.count();
        for (int i = 0; i < 200 && Leaks.count() == earlier; i++) {
            System.gc(); // what other tests forgot is found together with this event
            Thread.sleep(10);
        }
        eventually("events", 0);
        before = Leaks.count();
    }

    @AfterEach
    void close() {
        context.close();
        SoftContext.assertNothingAlive();
    }

    private static void makeAndForget(CudaContext context, Consumer<CudaContext> make) {
        make.accept(context);
    }

    private void collectUntil(long leaks) throws InterruptedException {
        for (int i = 0; i < 200 && Leaks.count() < leaks; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(Leaks.count()).isEqualTo(leaks);
    }

    private static void eventually(String what, long expected) throws InterruptedException {
        for (int i = 0; i < 200 && SoftDevice.live(what) != expected; i++) {
            Thread.sleep(10); // the report comes just before the release
        }
        assertThat(SoftDevice.live(what)).isEqualTo(expected);
    }

    @Test
    void aForgottenEventIsReportedAndReleased() throws InterruptedException {
        makeAndForget(context, c -> c.newEvent(false));
        assertThat(SoftDevice.live("events")).isEqualTo(1);
        collectUntil(before + 1);
        eventually("events", 0);
    }

    @Test
    void forgottenMemoryIsReportedAndReleasedWithTheContextOnly() throws InterruptedException {
        makeAndForget(context, c -> c.allocate(4096));
        collectUntil(before + 1);
        assertThat(SoftDevice.live("allocations")).as("its address may still be in use").isEqualTo(1);
        context.close();
        assertThat(SoftDevice.live("allocations")).isZero();
        assertThat(Leaks.count()).as("reported once").isEqualTo(before + 1);
    }

    @Test
    void whatIsOpenWhenTheContextClosesIsReportedAndReleased() {
        Stream stream = context.newStream();
        HostBuffer host = context.allocateHost(64);
        AddressRange range = new AddressRange(context, 1);
        PhysicalChunk chunk = new PhysicalChunk(context, 1);
        range.map(0, chunk);
        context.close();
        assertThat(Leaks.count()).isEqualTo(before + 4);
        SoftContext.assertNothingAlive();
        stream.close();
        host.close();
        range.close();
        chunk.close();
    }

    @Test
    void closedObjectsAreNoLeaks() throws InterruptedException {
        makeAndForget(context, c -> c.newEvent(false).close());
        makeAndForget(context, c -> c.allocate(64).close());
        makeAndForget(context, c -> c.newEvent(true)); // what the collector must have seen when it has seen the others
        collectUntil(before + 1);
    }

    @Test
    void aLeakShowsWhereItWasCreatedWhenAsked() {
        System.setProperty(Leaks.PROPERTY, "true");
        try {
            assertThat(Leaks.creation().getStackTrace()).anyMatch(frame -> frame.getMethodName().equals("aLeakShowsWhereItWasCreatedWhenAsked"));
        } finally {
            System.clearProperty(Leaks.PROPERTY);
        }
        assertThat(Leaks.creation()).isNull();
    }
}
