package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class StreamTest extends SoftContext {
    @Test
    void copiesAndFillsInOrder() {
        try (Stream stream = context.newStream();
                HostBuffer in = hostOf(1, 2, 3, 4);
                HostBuffer out = hostOf(0, 0, 0, 0, 0, 0);
                DeviceBuffer a = context.allocate(24);
                DeviceBuffer b = context.allocate(24)) {
            stream.fill32(a.address(), 7, 6);
            stream.copyToDevice(a.address() + 4, in, 4, 8);
            stream.copyOnDevice(b.address(), a.address(), 24);
            stream.fill(b.address() + 20, (byte) -1, 4);
            stream.copyToHost(out, 0, b.address(), 24);
            stream.synchronize();
            assertThat(words(out)).containsExactly(7, 2, 3, 7, 7, -1);
        }
    }

    @Test
    void anAsynchronousCopyIsUndefinedUntilTheStreamHasPassed() {
        try (Stream stream = context.newStream(); HostBuffer out = hostOf(5, 6); DeviceBuffer a = context.allocate(8)) {
            stream.fill32(a.address(), 9, 2);
            stream.copyToHost(out, 0, a.address(), 8);
            assertThat(words(out)).as("poisoned before the wait").doesNotContain(9).doesNotContain(5, 6);
            stream.synchronize();
            assertThat(words(out)).containsExactly(9, 9);
        }
    }

    @Test
    void eventsOrderStreamsAndTellTime() {
        try (Stream first = context.newStream();
                Stream second = context.newStream();
                Event start = context.newEvent(true);
                Event end = context.newEvent(true);
                Event ready = context.newEvent(false);
                HostBuffer out = hostOf(0);
                DeviceBuffer a = context.allocate(4)) {
            first.record(start);
            first.fill32(a.address(), 3, 1);
            first.record(ready);
            second.waitFor(ready);
            second.copyToHost(out, 0, a.address(), 4);
            second.record(end);
            assertThat(end.done()).as("streams are lazy").isFalse();
            end.synchronize();
            assertThat(end.done()).isTrue();
            assertThat(words(out)).containsExactly(3);
            assertThat(end.millisecondsSince(start)).isGreaterThanOrEqualTo(0).isLessThan(60_000);
        }
    }

    @Test
    void rangesOutsideTheHostBufferAreRefusedBeforeTheDriver() {
        try (Stream stream = context.newStream(); HostBuffer host = hostOf(1, 2); DeviceBuffer a = context.allocate(64)) {
            assertThatThrownBy(() -> stream.copyToDevice(a.address(), host, 4, 8)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> stream.copyToHost(host, -1, a.address(), 4)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> stream.copyToHost(host, 0, a.address(), Long.MAX_VALUE)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void closedObjectsAreRefusedByName() {
        Stream stream = context.newStream();
        HostBuffer host = hostOf(1);
        DeviceBuffer a = context.allocate(4);
        host.close();
        host.close();
        assertThatThrownBy(() -> stream.copyToDevice(a.address(), host, 0, 4)).isInstanceOf(IllegalStateException.class).hasMessageContaining("HostBuffer");
        assertThatThrownBy(host::bytes).isInstanceOf(IllegalStateException.class);
        stream.close();
        stream.close();
        assertThatThrownBy(stream::synchronize).isInstanceOf(IllegalStateException.class).hasMessageContaining("Stream is closed");
        a.close();
        a.close();
        context.close();
        context.close();
        assertThatThrownBy(context::newStream).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(context::bind).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void sizesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> context.allocate(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> context.allocateHost(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> context.allocateHost(1L << 31)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("2147483647");
    }

    @Test
    void anyThreadMayUseTheContext() throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch start = new CountDownLatch(1);
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            int value = i + 1;
            threads[i] = new Thread(() -> {
                try (Stream stream = context.newStream(); HostBuffer out = hostOf(0); DeviceBuffer a = context.allocate(4)) {
                    start.await();
                    for (int round = 0; round < 50; round++) {
                        stream.fill32(a.address(), value * 1000 + round, 1);
                        stream.copyToHost(out, 0, a.address(), 4);
                        stream.synchronize();
                        assertThat(words(out)).containsExactly(value * 1000 + round);
                    }
                } catch (Throwable t) {
                    failure.set(t);
                }
            });
            threads[i].start();
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failure.get()).isNull();
    }

    @Test
    void memoryInfoFollowsAllocations() {
        MemoryInfo before = context.memoryInfo();
        assertThat(before.total()).isEqualTo(context.properties().totalMemory());
        try (DeviceBuffer a = context.allocate(64 << 20)) {
            assertThat(before.free() - context.memoryInfo().free()).isGreaterThanOrEqualTo(a.size());
        }
        assertThat(context.memoryInfo()).isEqualTo(before);
    }

    @Test
    void twoContextsOfOneDeviceShareItAndCloseApart() {
        try (CudaContext other = CudaContext.open(DeviceSpec.parse("soft:0")); DeviceBuffer a = other.allocate(4)) {
            try (Stream stream = context.newStream(); HostBuffer out = hostOf(0)) {
                stream.fill32(a.address(), 11, 1);
                stream.copyToHost(out, 0, a.address(), 4);
                stream.synchronize();
                assertThat(words(out)).containsExactly(11);
            }
            context.close();
            assertThat(other.memoryInfo().free()).isPositive();
        }
    }
}
