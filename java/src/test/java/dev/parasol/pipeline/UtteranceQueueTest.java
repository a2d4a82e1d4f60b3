package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.model.Recognised;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many callers, several devices: every utterance answered once, whatever is cancelled, lost, refused or closed on the way. */
@Timeout(60)
class UtteranceQueueTest {
    private static final double TENTH = 1600;

    private static Utterance utterance(double seconds) {
        float[] samples = new float[(int) (seconds * 16_000)];
        Arrays.fill(samples, 0.5f);
        return new Utterance(samples);
    }

    private static double seconds(List<Utterance> batch) {
        return batch.stream().mapToDouble(Utterance::seconds).sum();
    }

    /** Stands for a device: its batches are answered with the lengths of the utterances. */
    private static void answer(List<Utterance> batch) {
        batch.forEach(utterance -> utterance.recognised(new Recognised(new int[] {utterance.length()}, null)));
    }

    private static Thread thread(Runnable body) {
        Thread thread = new Thread(body);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void waitUntilWaiting(Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.sleep(1);
        }
    }

    @Test
    void callersAreBatchedTogetherAndAnsweredAtTheNextCall() throws InterruptedException {
        UtteranceQueue queue = new UtteranceQueue(1, 2);
        QueueConsumer consumer = queue.consumer(BatchTarget.PLAIN);
        CompletableFuture<Utterance> one = queue.open(false).submit(utterance(0.5));
        CompletableFuture<Utterance> other = queue.open(false).submit(utterance(0.5));
        CompletableFuture<Utterance> more = queue.open(false).submit(utterance(0.25));
        List<Utterance> batch = consumer.take();
        assertThat(batch).hasSize(2);
        assertThat(seconds(batch)).isEqualTo(1);
        answer(batch);
        assertThat(one).isNotDone();
        List<Utterance> next = consumer.poll();
        assertThat(next).hasSize(1);
        assertThat(one.join().ids()).containsExactly(8000);
        assertThat(other).isDone();
        assertThat(more).isNotDone();
        answer(next);
        queue.close();
        assertThat(consumer.take()).isNull();
        assertThat(more.join().ids()).containsExactly(4000);
        QueueReport report = queue.report();
        assertThat(report).isEqualTo(new QueueReport(0, 0, 0, 0, 2, 3, 1.25, 1, 3, 0));
    }

    @Test
    void silenceNeedsNoDevice() throws InterruptedException {
        UtteranceQueue queue = new UtteranceQueue(1, 2);
        assertThat(queue.open(true).submit(new Utterance(new float[16_000])).join().ids()).isEmpty();
        assertThat(queue.open(true).offer(new Utterance(new float[0])).orElseThrow().join().ids()).isEmpty();
    }

    @Test
    void whoFindsNoRoomWaitsAndOfferDoesNot() throws InterruptedException {
        UtteranceQueue queue = new UtteranceQueue(1, 2);
        QueueConsumer consumer = queue.consumer(BatchTarget.PLAIN);
        UtteranceQueue.Caller caller = queue.open(false);
        caller.submit(utterance(1));
        caller.submit(utterance(1));
        assertThat(caller.offer(utterance(0.1))).isEmpty();
        AtomicReference<CompletableFuture<Utterance>> submitted = new AtomicReference<>();
        Thread waiting = thread(() -> {
            try {
                submitted.set(queue.open(false).submit(utterance(1)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        waitUntilWaiting(waiting);
        assertThat(submitted.get()).isNull();
        consumer.take();
        waiting.join();
        assertThat(submitted.get()).isNotNull();
        assertThat(queue.report().waitingSeconds()).isEqualTo(2);
    }

    @Test
    void cancellingMakesRoom() throws InterruptedException {
        UtteranceQueue queue = new UtteranceQueue(1, 2);
        UtteranceQueue.Caller caller = queue.open(false);
        CompletableFuture<Utterance> first = caller.submit(utterance(2));
        assertThat(caller.offer(utterance(1))).isEmpty();
        assertThat(first.cancel(false)).isTrue();
        assertThat(queue.report().waiting()).isZero();
        assertThat(queue.report().dropped()).isEqualTo(1);
        assertThat(caller.offer(utterance(1))).isPresent();
    }

    @Test
    void anInterruptedSubmitterLeavesNothingAndLetsOthersIn() throws InterruptedException {
        UtteranceQueue queue = new UtteranceQueue(1, 2);
        UtteranceQueue.Caller caller = queue.open(false);
        CompletableFuture<Utterance> first = caller.submit(utterance(2));
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread large = thread(() -> assertThatThrownBy(() -> {
            try {
                caller.submit(utterance(2));
            } finally {
                interrupted.countDown();
            }
        }).isInstanceOf(InterruptedException.class));
        waitUntilWaiting(large);
        Thread small = thread(() -> {
            try {
                caller.submit(utterance(1));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        waitUntilWaiting(small);
        large.interrupt();
        interrupted.await();
        first.cancel(false);
        small.join();
        assertThat(queue.report().waitingSeconds()).isEqualTo(1);
    }

    @Test
    void aBulkCallersBatchWaitsUntilItCanBeFilled() throws InterruptedException {
        UtteranceQueue queue = new UtteranceQueue(1, 4);
        QueueConsumer consumer = queue.consumer(BatchTarget.PLAIN);
        UtteranceQueue.Caller bulk = queue.open(true);
        bulk.submit(utterance(0.4));
        assertThat(consumer.poll()).isNull();
        bulk.submit(utterance(0.4));
        assertThat(consumer.poll()).isNull();
        bulk.submit(utterance(0.4));
        assertThat(consumer.poll()).hasSize(2);
        assertThat(consumer.poll()).isNull();
        bulk.flush();
        assertThat(consumer.poll()).hasSize(1);
        bulk.submit(utterance(0.4));
        UtteranceQueue.Caller interactive = queue.open(false);
        interactive.submit(utterance(0.4));
        assertThat(consumer.poll()).as("somebody else does not wait").hasSize(2);
        bulk.submit(utterance(0.4));
        assertThat(consumer.poll()).isNull();
        bulk.close();
        bulk.close();
        assertThat(consumer.poll()).as("nothing more will come").hasSize(1);
        assertThatIllegalStateException().isThrownBy(() -> bulk.submit(utterance(1)));
    }

    @Test
    void aBulkCallerThatFindsNoRoomDoesNotWaitForItself() throws InterruptedException {
        UtteranceQueue queue = new UtteranceQueue(1, 2);
        QueueConsumer consumer = queue.consumer(new BatchTarget() {});
        UtteranceQueue.Caller bulk = queue.open(true);
        bulk.submit(utterance(0.75));
        Thread producer = thread(() -> {
            try {
                bulk.submit(utterance(1.5));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(consumer.take()).hasSize(1);
        producer.join();
    }

    @Test
    void closedMeansNoNewWorkAndTheRestIsDone() throws InterruptedException {
        UtteranceQueue queue = new UtteranceQueue(1, 2);
        QueueConsumer consumer = queue.consumer(BatchTarget.PLAIN);
        UtteranceQueue.Caller caller = queue.open(true);
        CompletableFuture<Utterance> waiting = caller.submit(utterance(2));
        AtomicReference<Throwable> refused = new AtomicReference<>();
        Thread late = thread(() -> {
            try {
                caller.submit(utterance(1));
            } catch (InterruptedException | RuntimeException e) {
                refused.set(e);
            }
        });
        waitUntilWaiting(late);
        queue.close();
        late.join();
        assertThat(refused.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(() -> caller.offer(utterance(1)));
        answer(consumer.take());
        assertThat(consumer.take()).isNull();
        assertThat(waiting).isCompleted();
    }

    @Test
    void cancelAllCancelsWhatWaitsAndWhatIsInFlight() throws InterruptedException {
        UtteranceQueue queue = new UtteranceQueue(1, 2);
        QueueConsumer consumer = queue.consumer(BatchTarget.PLAIN);
        UtteranceQueue.Caller caller = queue.open(false);
        CompletableFuture<Utterance> running = caller.submit(utterance(1));
        List<Utterance> batch = consumer.take();
        CompletableFuture<Utterance> waiting = caller.submit(utterance(1));
        queue.cancelAll();
        assertThat(running).isCancelled();
        assertThat(waiting).isCancelled();
        answer(batch);
        assertThat(consumer.take()).isNull();
        assertThat(running).isCancelled();
    }

    /** A device that is lost while it has a batch. */
    private static final class Losable implements BatchTarget {
        final AtomicReference<RuntimeException> failure = new AtomicReference<>();

        @Override
        public RuntimeException failure() {
            return failure.get();
        }
    }

    @Test
    void whatALostDeviceHadGoesToAnotherOneOnceAndFailsWhenNoneIsLeft() throws InterruptedException {
        UtteranceQueue queue = new UtteranceQueue(1, 2);
        Losable first = new Losable();
        Losable second = new Losable();
        QueueConsumer one = queue.consumer(first);
        QueueConsumer other = queue.consumer(second);
        UtteranceQueue.Caller caller = queue.open(false);
        CompletableFuture<Utterance> future = caller.submit(utterance(1));
        CompletableFuture<Utterance> later = caller.submit(utterance(1));
        RuntimeException loss = new IllegalArgumentException("lost");
        List<Utterance> batch = one.take();
        batch.forEach(utterance -> utterance.failed(loss));
        first.failure.set(loss);
        assertThat(one.take()).isNull();
        one.leave(loss);
        assertThat(future).isNotDone();
        List<Utterance> again = other.take();
        assertThat(again).isEqualTo(batch);
        assertThat(again.get(0).finished()).isFalse();
        second.failure.set(loss);
        assertThat(other.take()).isNull();
        other.leave(loss);
        for (CompletableFuture<Utterance> lost : List.of(future, later, caller.submit(utterance(1)))) {
            assertThatThrownBy(lost::join).hasRootCause(loss);
        }
    }

    @Test
    void somethingUnforeseenStaysWithTheUtteranceWhoseItIs() throws InterruptedException {
        UtteranceQueue queue = new UtteranceQueue(1, 2);
        QueueConsumer consumer = queue.consumer(BatchTarget.PLAIN);
        UtteranceQueue.Caller caller = queue.open(false);
        List<CompletableFuture<Utterance>> futures = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            futures.add(caller.submit(utterance(0.1 * i)));
        }
        queue.close();
        List<Utterance> batch = consumer.take();
        while (batch != null) {
            if (batch.stream().anyMatch(utterance -> utterance.length() == 3 * TENTH)) {
                consumer.failed(new ArithmeticException("poison"));
            } else {
                answer(batch);
            }
            batch = consumer.take();
        }
        for (int i = 0; i < 4; i++) {
            CompletableFuture<Utterance> future = futures.get(i);
            if (i == 2) {
                assertThatThrownBy(future::join).hasCauseInstanceOf(RecognitionException.class).hasRootCauseMessage("poison");
            } else {
                assertThat(future.join().ids()).containsExactly((int) Math.round(TENTH * (i + 1)));
            }
        }
    }

    @Test
    void aBatchShrinksToWhatTheDeviceAdmits() throws InterruptedException {
        UtteranceQueue queue = new UtteranceQueue(1, 2);
        QueueConsumer consumer = queue.consumer(new BatchTarget() {
            private long limit = Long.MAX_VALUE;

            @Override
            public long limit() {
                return limit;
            }

            @Override
            public boolean admits(List<Utterance> batch) {
                limit = batch.size() > 2 ? (long) (seconds(batch) * 16_000) - 1 : limit;
                return batch.size() <= 2;
            }
        });
        UtteranceQueue.Caller caller = queue.open(false);
        List<CompletableFuture<Utterance>> futures = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            futures.add(caller.submit(utterance(0.2)));
        }
        queue.close();
        List<Integer> sizes = new ArrayList<>();
        for (List<Utterance> batch = consumer.take(); batch != null; batch = consumer.take()) {
            sizes.add(batch.size());
            answer(batch);
        }
        assertThat(sizes).containsExactly(2, 2, 1);
        assertThat(queue.report().batches()).isEqualTo(3);
        assertThat(futures).allMatch(CompletableFuture::isDone);
    }

    @Test
    void anIdleDeviceIsPreferredToASecondBatchInFlight() throws InterruptedException {
        UtteranceQueue queue = new UtteranceQueue(1, 10);
        QueueConsumer busy = queue.consumer(BatchTarget.PLAIN);
        QueueConsumer idle = queue.consumer(BatchTarget.PLAIN);
        AtomicReference<List<Utterance>> got = new AtomicReference<>();
        Thread second = thread(() -> got.set(idle.take()));
        waitUntilWaiting(second);
        UtteranceQueue.Caller caller = queue.open(false);
        caller.submit(utterance(1));
        second.join();
        assertThat(got.get()).hasSize(1);
        caller.submit(utterance(1));
        assertThat(busy.poll()).hasSize(1);
    }

    @Test
    void idleDevicesShareTheLastOfTheWork() throws InterruptedException {
        UtteranceQueue queue = new UtteranceQueue(1, 10);
        QueueConsumer one = queue.consumer(BatchTarget.PLAIN);
        QueueConsumer other = queue.consumer(BatchTarget.PLAIN);
        UtteranceQueue.Caller bulk = queue.open(true);
        for (int i = 0; i < 6; i++) {
            bulk.submit(utterance(0.1));
        }
        AtomicReference<List<Utterance>> got = new AtomicReference<>();
        Thread idle = thread(() -> got.set(other.take()));
        waitUntilWaiting(idle);
        AtomicReference<List<Utterance>> mine = new AtomicReference<>();
        Thread second = thread(() -> mine.set(one.take()));
        waitUntilWaiting(second);
        bulk.close();
        idle.join();
        second.join();
        assertThat(got.get()).hasSize(3);
        assertThat(mine.get()).hasSize(3);
    }

    /**
     * Callers of every kind against devices that shrink batches, fail unforeseen and are lost. Each utterance is handed to one device at a
     * time, each future is completed once, with its own result.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void stress(int seed) throws InterruptedException {
        double limit = 0.5;
        UtteranceQueue queue = new UtteranceQueue(limit, 1.5);
        AtomicInteger answers = new AtomicInteger();
        AtomicInteger submitted = new AtomicInteger();
        ConcurrentLinkedQueue<Throwable> faults = new ConcurrentLinkedQueue<>();
        ConcurrentHashMap<Utterance, Boolean> held = new ConcurrentHashMap<>();
        List<Thread> devices = new ArrayList<>();
        for (int d = 0; d < 4; d++) {
            boolean doomed = d % 2 == 1;
            Random random = new Random(seed * 31L + d);
            Losable target = new Losable() ;
            QueueConsumer consumer = queue.consumer(target);
            devices.add(thread(() -> {
                try {
                    device(consumer, target, doomed, random, limit, held);
                } catch (Throwable e) {
                    faults.add(e);
                } finally {
                    consumer.leave(new IllegalStateException("left"));
                }
            }));
        }
        List<Thread> callers = new ArrayList<>();
        for (int c = 0; c < 6; c++) {
            Random random = new Random(seed * 77L + c);
            boolean bulk = c < 2;
            callers.add(thread(() -> {
                try (UtteranceQueue.Caller caller = queue.open(bulk)) {
                    for (int i = 0; i < 400; i++) {
                        Utterance utterance = utterance(0.001 + 0.2 * random.nextDouble());
                        CompletableFuture<Utterance> future;
                        if (random.nextInt(4) == 0) {
                            Optional<CompletableFuture<Utterance>> offered = caller.offer(utterance);
                            if (offered.isEmpty()) {
                                continue;
                            }
                            future = offered.get();
                        } else {
                            future = caller.submit(utterance);
                        }
                        submitted.incrementAndGet();
                        future.whenComplete((answer, error) -> {
                            answers.incrementAndGet();
                            if (error == null && (answer != utterance || answer.ids()[0] != utterance.length())) {
                                faults.add(new AssertionError("not its own result"));
                            }
                        });
                        if (random.nextInt(5) == 0) {
                            future.cancel(false);
                        } else if (!bulk && random.nextInt(20) == 0) {
                            future.exceptionally(error -> null).join();
                        }
                    }
                } catch (Throwable e) {
                    faults.add(e);
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        queue.close();
        for (Thread device : devices) {
            device.join(TimeUnit.SECONDS.toMillis(30));
            assertThat(device.isAlive()).isFalse();
        }
        assertThat(faults).isEmpty();
        assertThat(answers.get()).isEqualTo(submitted.get()).isGreaterThan(1000);
        QueueReport report = queue.report();
        assertThat(report.waiting() + report.inFlight()).isZero();
        assertThat(report.answered() + report.dropped()).isEqualTo(submitted.get());
        assertThat(report.largestBatchSeconds()).isLessThanOrEqualTo(limit);
    }

    private static void device(QueueConsumer consumer, Losable target, boolean doomed, Random random, double limit, ConcurrentHashMap<Utterance, Boolean> held) {
        List<List<Utterance>> open = new ArrayList<>();
        int batches = 0;
        while (true) {
            List<Utterance> batch = open.isEmpty() ? consumer.take() : consumer.poll();
            if (batch == null && open.isEmpty()) {
                return;
            }
            if (batch != null) {
                batches++;
                for (Utterance utterance : batch) {
                    if (held.put(utterance, true) != null || utterance.finished()) {
                        throw new AssertionError("an utterance at two devices");
                    }
                }
                if (seconds(batch) > limit + 1e-9) {
                    throw new AssertionError("a batch of " + seconds(batch) + " s");
                }
                open.add(batch);
                if (open.size() == 1 && random.nextBoolean()) {
                    continue;
                }
            }
            if (doomed && batches > 20) {
                RuntimeException loss = new IllegalArgumentException("lost");
                target.failure.set(loss);
                open.forEach(lost -> lost.forEach(held::remove));
                open.forEach(lost -> lost.forEach(utterance -> utterance.failed(loss)));
                open.clear();
            } else if (random.nextInt(30) == 0) {
                open.forEach(lost -> lost.forEach(held::remove));
                open.clear();
                consumer.failed(new ArithmeticException("unforeseen"));
            } else {
                Collections.reverse(open);
                while (!open.isEmpty()) {
                    List<Utterance> done = open.remove(open.size() - 1);
                    done.forEach(held::remove);
                    answer(done);
                }
            }
        }
    }
}
