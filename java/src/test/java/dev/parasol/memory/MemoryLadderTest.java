package dev.parasol.memory;

import static dev.parasol.memory.Demand.start;
import static dev.parasol.memory.Demand.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.cuda.CudaException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MemoryLadderTest {
    private static final Runnable NOTHING = () -> { };

    private final Budget budget = Budget.ofBytes(100);
    private final Demand one = new Demand(budget, "one");
    private final Demand two = new Demand(budget, "two");

    private void assertCounts(Map<MemoryCounter, Integer> expected) {
        Map<MemoryCounter, Integer> counts = new EnumMap<>(MemoryCounter.class);
        for (MemoryCounter counter : MemoryCounter.values()) {
            if (budget.count(counter) > 0) {
                counts.put(counter, (int) budget.count(counter));
            }
        }
        assertThat(counts).isEqualTo(expected);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatFitsTakesNoStep() {
        assertThat(one.climb(60, NOTHING)).isNull();
        assertThat(two.climb(40, NOTHING)).isNull();
        assertCounts(Map.of());
    }

    @Test
    void idleMemoryOfOthersIsHadWithoutWaiting() {
        one.climb(60, NOTHING);
        assertThat(two.climb(70, NOTHING)).isNull();
        assertThat(one.steps).containsExactly(ReclaimStep.DRAIN, ReclaimStep.TRIM);
        assertThat(two.steps).containsExactly(ReclaimStep.DRAIN);
        assertThat(budget.used()).isEqualTo(70);
        assertCounts(Map.of(MemoryCounter.DRAIN, 1, MemoryCounter.TRIM, 1, MemoryCounter.RETRY, 1));
    }

    /** The only way to the memory is the last step before waiting. */
    @Test
    void everyStepIsGoneInItsOrder() {
        budget.reserve(50);
        List<ReclaimStep> steps = new ArrayList<>();
        budget.turns().join("last").reclaimBy(new Reclaimer() {
            @Override
            public long idle() {
                return 0;
            }

            @Override
            public long fixed() {
                return 0;
            }

            @Override
            public void reclaim(ReclaimStep step, long bytes) {
                assertThat(bytes).isEqualTo(80);
                steps.add(step);
                budget.release(step == ReclaimStep.DEFRAGMENT ? 50 : 0);
            }
        });
        assertThat(one.climb(80, NOTHING)).isNull();
        assertThat(steps).containsExactly(ReclaimStep.DRAIN, ReclaimStep.TRIM, ReclaimStep.EVICT, ReclaimStep.DEFRAGMENT);
        assertCounts(Map.of(MemoryCounter.DRAIN, 1, MemoryCounter.TRIM, 1, MemoryCounter.EVICT, 1, MemoryCounter.DEFRAGMENT, 1, MemoryCounter.RETRY, 1));
    }

    @Test
    void whatCannotFitIsTriedAloneAndNamesWhatIsHeld() {
        budget.reserve(50);
        one.climb(30, NOTHING);
        assertThat(one.climb(80, NOTHING)).isInstanceOfSatisfying(DeviceMemoryExhausted.class, e -> {
            assertThat(e.requested()).isEqualTo(50);
            assertThat(e).hasMessageContaining("one: 80 bytes asked for 50 B more, free are 20 B");
        });
        assertThat(one.held()).as("given back after the last rung").isZero();
        assertCounts(Map.of(MemoryCounter.DRAIN, 2, MemoryCounter.TRIM, 2, MemoryCounter.EVICT, 2, MemoryCounter.DEFRAGMENT, 2, MemoryCounter.ALONE, 1));
    }

    @Test
    void whatCanBeDividedDoesNotDisturbOthersForWhatIsBeyondReach() {
        two.climb(60, NOTHING);
        try (WorkTask task = budget.turns().begin(one.member, "batch")) {
            assertThat(new MemoryLadder(budget).climb(task, one.attempt(101, true, NOTHING))).isInstanceOf(DeviceMemoryExhausted.class);
            assertThat(two.held()).isEqualTo(60);
            assertCounts(Map.of());
            assertThat(new MemoryLadder(budget).climb(task, one.attempt(100, true, NOTHING))).isNull();
        }
    }

    /** A device that has less than the budget allows: all steps are gone, and at most four attempts made. */
    @Test
    void attemptsAreBounded() {
        int[] attempts = {0};
        RuntimeException failure = one.climb(10, () -> {
            attempts[0]++;
            throw budget.exhausted("slab", 10, null);
        });
        assertThat(failure).isInstanceOf(DeviceMemoryExhausted.class);
        assertThat(attempts[0]).isEqualTo(3);
        assertThat(budget.count(MemoryCounter.RETRY)).isEqualTo(2);
    }

    @Test
    void anotherFailureIsThrownAndFreesTheTurn() {
        assertThatThrownBy(() -> one.climb(10, () -> {
            throw new IllegalArgumentException("no memory matter");
        })).hasMessage("no memory matter");
        assertThat(one.climb(10, NOTHING)).isNull();
        assertThat(two.climb(100, NOTHING)).isNull();
    }

    @Test
    void memoryOfOthersAtWorkIsWaitedForAndTheWaitIsSeen() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch working = new CountDownLatch(1);
        Thread first = start(() -> one.climb(60, () -> {
            working.countDown();
            await(go);
        }));
        await(working);
        AtomicReference<Object> outcome = new AtomicReference<>("none");
        Thread second = start(() -> outcome.set(two.climb(70, NOTHING)));
        until(() -> !budget.report().waits().isEmpty());
        MemoryReport.Wait wait = budget.report().waits().get(0);
        assertThat(wait.task()).isEqualTo("two: 70 bytes");
        assertThat(wait.wanted()).isEqualTo("memory of others");
        assertThat(wait.lacking()).isEqualTo(70);
        assertThat(wait.seconds()).isNotNegative();
        assertThat(budget.report().toText()).contains("for memory of others: two: 70 bytes, lacking 70 B");
        go.countDown();
        first.join();
        second.join();
        assertThat(outcome.get()).isNull();
        assertThat(budget.report().waits()).isEmpty();
        assertThat(budget.count(MemoryCounter.WAIT)).isEqualTo(1);
        assertThat(budget.count(MemoryCounter.YIELD)).as("the first gave back what it held").isEqualTo(1);
        assertThat(budget.count(MemoryCounter.ALONE)).isZero();
        assertThat(budget.peak()).isLessThanOrEqualTo(100);
    }

    /** Five wait for memory while one works; they are served by age, whatever the order in which they came to wait. */
    @Test
    void theOldestIsServedFirst() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch working = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        threads.add(start(() -> one.climb(100, () -> {
            working.countDown();
            await(go);
        })));
        await(working);
        List<Integer> served = Collections.synchronizedList(new ArrayList<>());
        List<CountDownLatch> climb = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            Demand demand = new Demand(budget, "waiting " + i);
            CountDownLatch born = new CountDownLatch(1);
            CountDownLatch mayClimb = new CountDownLatch(1);
            climb.add(mayClimb);
            threads.add(start(() -> {
                try (WorkTask task = budget.turns().begin(demand.member, "work")) {
                    born.countDown();
                    await(mayClimb);
                    new MemoryLadder(budget).climb(task, demand.attempt(90, false, () -> served.add(number)));
                }
            }));
            await(born);
        }
        for (int i = 4; i >= 0; i--) {
            int waiting = 5 - i;
            climb.get(i).countDown();
            until(() -> budget.report().waits().stream().filter(wait -> wait.wanted().startsWith("memory")).count() == waiting);
        }
        assertThat(budget.report().waits()).isSortedAccordingTo((a, b) -> Long.compare(a.age(), b.age()));
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(served).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void whoComesLaterDoesNotBeginWhileAnOlderOneWaitsForMemory() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch working = new CountDownLatch(1);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        Thread first = start(() -> one.climb(60, () -> {
            working.countDown();
            await(go);
        }));
        await(working);
        Thread second = start(() -> two.climb(100, () -> order.add("large")));
        until(() -> budget.report().waits().size() == 1);
        Thread third = start(() -> new Demand(budget, "three").climb(1, () -> order.add("small")));
        until(() -> budget.report().waits().size() == 2);
        assertThat(budget.report().waits().get(1).wanted()).isEqualTo("a turn");
        go.countDown();
        for (Thread thread : List.of(first, second, third)) {
            thread.join();
        }
        assertThat(order).containsExactly("large", "small");
    }

    /** Each is at work and asks for the other's member: whoever is younger is told that there is too little, and both end. */
    @Test
    void twoThatWaitForEachOtherInTheMiddleOfTheirWorkBothEnd() throws InterruptedException {
        CountDownLatch both = new CountDownLatch(2);
        Demand three = new Demand(budget, "three");
        Demand four = new Demand(budget, "four");
        List<Object> inner = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = List.of(
                start(() -> one.climb(40, () -> {
                    both.countDown();
                    await(both);
                    inner.add(three.climb(50, NOTHING) == null);
                })),
                start(() -> two.climb(40, () -> {
                    both.countDown();
                    await(both);
                    inner.add(four.climb(50, NOTHING) == null);
                })));
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(inner).hasSize(2).contains(false);
        assertThat(budget.count(MemoryCounter.REFUSAL)).isPositive();
        assertThat(budget.peak()).isLessThanOrEqualTo(100);
    }

    @Test
    void whoAsksForItsOwnMemberInTheMiddleOfItsWorkIsTold() {
        assertThatIllegalStateException().isThrownBy(() -> one.climb(10, () -> one.climb(10, NOTHING))).withMessageContaining("would wait for ever");
        assertThat(one.climb(10, NOTHING)).isNull();
    }

    @Test
    void whoHasLeftIsClosedToNewWork() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch working = new CountDownLatch(1);
        Thread first = start(() -> one.climb(60, () -> {
            working.countDown();
            await(go);
            budget.turns().leave(one.member);
        }));
        await(working);
        AtomicReference<Exception> refused = new AtomicReference<>();
        Thread second = start(() -> {
            try {
                one.climb(1, NOTHING);
            } catch (IllegalStateException e) {
                refused.set(e);
            }
        });
        until(() -> budget.report().waits().size() == 1);
        go.countDown();
        first.join();
        second.join();
        assertThat(refused.get()).hasMessage("one is closed");
    }

    @Test
    void stepsAndWaitsAreSeenByTheFlightRecorder(@TempDir Path folder) throws IOException, InterruptedException {
        Path file = folder.resolve("ladder.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            memoryOfOthersAtWorkIsWaitedForAndTheWaitIsSeen();
            try (WorkTask task = budget.turns().begin(one.member, "batch")) {
                MemoryLadder ladder = new MemoryLadder(budget);
                assertThat(ladder.climb(task, one.attempt(101, false, NOTHING))).isNotNull();
                ladder.divided(task);
                ladder.givenUp(task);
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events.stream().filter(event -> event.getEventType().getName().equals("dev.parasol.MemoryStep")).map(event -> event.getString("step")))
                .contains("drain", "trim", "evict", "defragment", "yield", "retry", "alone", "split", "exhausted");
        assertThat(events.stream().filter(event -> event.getEventType().getName().equals("dev.parasol.MemoryWait"))).hasSize(1).first()
                .satisfies(event -> {
                    assertThat(event.getString("holder")).isEqualTo("two: 70 bytes");
                    assertThat(event.getString("wanted")).isEqualTo("memory of others");
                    assertThat(event.getLong("lacking")).isEqualTo(70);
                    assertThat(event.getBoolean("refused")).isFalse();
                });
        assertThat(budget.count(MemoryCounter.SPLIT)).isEqualTo(1);
        assertThat(budget.count(MemoryCounter.EXHAUSTED)).isEqualTo(1);
    }

    @Test
    void aCallOfTheDriverThatFailsForAnotherReasonIsNoMatterOfMemory() {
        CudaException failure = new CudaException(719, "cuLaunchKernel");
        assertThatThrownBy(() -> one.climb(10, () -> {
            throw failure;
        })).isSameAs(failure);
        assertCounts(Map.of());
    }
}
