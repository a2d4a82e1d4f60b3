package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OwnershipTest {
    private final AtomicInteger releases = new AtomicInteger();
    private final Ownership ownership = new Ownership(this, null, "Thing", false, releases::incrementAndGet);

    @AfterEach
    void leaveNothingToTheCleaner() {
        ownership.close();
    }

    @Test
    void closingTwiceReleasesOnce() {
        ownership.close();
        ownership.close();
        assertThat(releases).hasValue(1);
        assertThatThrownBy(ownership::enter).isInstanceOf(IllegalStateException.class).hasMessageContaining("Thing is closed");
        assertThat(releases).hasValue(1);
    }

    @Test
    void closingDuringAUseReleasesAtItsEnd() {
        ownership.enter();
        ownership.enter();
        ownership.close();
        assertThatThrownBy(ownership::enter).isInstanceOf(IllegalStateException.class);
        ownership.exit();
        assertThat(releases).hasValue(0);
        ownership.exit();
        assertThat(releases).hasValue(1);
    }

    @Test
    void aFailedReleaseCanBeTriedAgain() {
        AtomicInteger tries = new AtomicInteger();
        Ownership stubborn = new Ownership(this, null, "Thing", false, () -> {
            if (tries.incrementAndGet() == 1) {
                throw new CudaException(999, "cuThingDestroy");
            }
        });
        assertThatThrownBy(stubborn::close).isInstanceOf(CudaException.class);
        assertThatThrownBy(stubborn::enter).isInstanceOf(IllegalStateException.class);
        stubborn.close();
        stubborn.close();
        assertThat(tries).hasValue(2);
    }

    @Test
    void manyThreadsCloseOnceAndNeverDuringAUse() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            AtomicInteger released = new AtomicInteger();
            AtomicInteger usedAfter = new AtomicInteger();
            Ownership shared = new Ownership(this, null, "Thing", false, released::incrementAndGet);
            CountDownLatch start = new CountDownLatch(1);
            Thread[] threads = new Thread[4];
            for (int i = 0; i < threads.length; i++) {
                boolean closes = i % 2 == 0;
                threads[i] = new Thread(() -> {
                    await(start);
                    if (closes) {
                        shared.close();
                        return;
                    }
                    try {
                        while (true) {
                            shared.enter();
                            usedAfter.addAndGet(released.get());
                            shared.exit();
                        }
                    } catch (IllegalStateException expectedAtClose) {
                        assertThat(expectedAtClose).hasMessageContaining("closed");
                    }
                });
                threads[i].start();
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(released).hasValue(1);
            assertThat(usedAfter).hasValue(0);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
