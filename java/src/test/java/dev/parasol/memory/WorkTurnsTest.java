package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkTurnsTest {
    private static final int THREADS = 6;

    private final WorkTurns turns = Budget.ofBytes(1).turns();

    @Test
    void theOthersGiveBackBeforeOneWorksAlone() {
        List<String> order = new ArrayList<>();
        Runnable own = () -> order.add("own");
        Runnable other = () -> order.add("other");
        turns.join(own);
        turns.join(other);
        assertThat(turns.alone(own, () -> order.add("work"))).isTrue();
        assertThat(order).containsExactly("other", "work");
        turns.leave(other);
        assertThat(turns.alone(own, () -> false)).isFalse();
        assertThat(order).containsExactly("other", "work");
    }

    @Test
    void workBesideOthersOverlaps() throws InterruptedException {
        CountDownLatch both = new CountDownLatch(2);
        AtomicInteger met = new AtomicInteger();
        Runnable work = () -> turns.beside(() -> {
            both.countDown();
            try {
                met.addAndGet(both.await(20, TimeUnit.SECONDS) ? 1 : 0);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return true;
        });
        runInThreads(List.of(work, work));
        assertThat(met).hasValue(2);
    }

    @Test
    void nobodyWorksWhileOneWorksAlone() throws InterruptedException {
        AtomicInteger atWork = new AtomicInteger();
        AtomicInteger alone = new AtomicInteger();
        List<Runnable> work = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            work.add(() -> {
                for (int i = 0; i < 500; i++) {
                    turns.beside(() -> {
                        atWork.incrementAndGet();
                        Thread.yield();
                        return atWork.decrementAndGet() >= 0;
                    });
                    turns.alone(null, () -> {
                        alone.addAndGet(atWork.incrementAndGet() == 1 ? 1 : 0);
                        Thread.yield();
                        return atWork.decrementAndGet() == 0;
                    });
                }
            });
        }
        runInThreads(work);
        assertThat(alone).hasValue(THREADS * 500);
    }

    private static void runInThreads(List<Runnable> work) throws InterruptedException {
        List<Thread> threads = work.stream().map(Thread::new).toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
