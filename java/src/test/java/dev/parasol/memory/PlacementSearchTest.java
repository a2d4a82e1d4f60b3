package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.memory.ActivationPlanner.Lifetime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PlacementSearchTest {
    /** Of 13 buffers, on which every greedy order is one unit above the least. */
    private static List<Lifetime> small() {
        return random(5, 13, 8, 5, 8);
    }

    /** Too many for the search to come to an end. */
    private static List<Lifetime> endless() {
        return random(2, 3000, 900, 90, 100_000);
    }

    private static List<Lifetime> random(long seed, int count, int starts, int longest, int largest) {
        Random random = new Random(seed);
        random.nextInt(6);
        List<Lifetime> lifetimes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int first = random.nextInt(starts);
            int last = Math.min(starts + 1, first + random.nextInt(longest));
            lifetimes.add(new Lifetime("b" + i, first, last, 256L * (1 + random.nextInt(largest))));
        }
        return lifetimes;
    }

    private static long searchingThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals("parasol-placement-search")).count();
    }

    @Test
    void whatGreedyOrdersMissIsFoundBesideTheWork() throws InterruptedException {
        Placement greedy = ActivationPlanner.place(small());
        assertThat(greedy.peakBytes()).isGreaterThan(greedy.lowerBound());
        BlockingQueue<Placement> found = new ArrayBlockingQueue<>(1);
        AtomicReference<Thread> thread = new AtomicReference<>();
        try (PlacementSearch search = new PlacementSearch(5)) {
            search.submit(small(), greedy, placement -> {
                thread.set(Thread.currentThread());
                found.add(placement);
            });
            Placement better = found.poll(10, TimeUnit.SECONDS);
            assertThat(better).isNotNull();
            assertThat(better.optimal()).isTrue();
            assertThat(better.lowerBound()).isEqualTo(greedy.lowerBound());
            assertThat(thread.get().isDaemon()).isTrue();
            thread.get().join(10_000);
            assertThat(thread.get().isAlive()).as("an idle thread ends").isFalse();
        }
    }

    @Test
    void closingEndsASearchAndItsThread() throws InterruptedException {
        List<Lifetime> lifetimes = endless();
        Placement greedy = ActivationPlanner.place(lifetimes);
        PlacementSearch search = new PlacementSearch(600);
        for (int i = 0; i < 3; i++) {
            search.submit(lifetimes, greedy, placement -> {});
        }
        Thread.sleep(100);
        assertThat(search.pending()).isEqualTo(3);
        assertThat(searchingThreads()).isEqualTo(1);
        long start = System.nanoTime();
        search.close();
        search.close();
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
        assertThat(search.pending()).isZero();
        assertThat(searchingThreads()).isZero();
        assertThatThrownBy(() -> search.submit(lifetimes, greedy, placement -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aCancelledSearchMakesRoomForTheNext() throws InterruptedException {
        BlockingQueue<Placement> found = new ArrayBlockingQueue<>(1);
        try (PlacementSearch search = new PlacementSearch(600)) {
            List<Lifetime> lifetimes = endless();
            var first = search.submit(lifetimes, ActivationPlanner.place(lifetimes), placement -> {});
            search.submit(small(), ActivationPlanner.place(small()), found::add);
            Thread.sleep(50);
            first.cancel(true);
            assertThat(found.poll(10, TimeUnit.SECONDS)).isNotNull();
        }
    }
}
