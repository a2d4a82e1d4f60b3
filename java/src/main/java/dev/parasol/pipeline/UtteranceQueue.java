package dev.parasol.pipeline;

import dev.parasol.audio.AudioClip;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Utterances of many callers on their way to the devices: they are batched together across callers, never more than so many
 * seconds in one batch, chosen by the rules of {@link WaitingRoom}. Who submits waits while there is no room, in the order of
 * asking. Every utterance is answered exactly once, through its future: with ids, with what went wrong, or by its cancellation,
 * which takes it out while it waits; one in flight is finished and its result thrown away.
 *
 * <p>Each device has a {@link QueueConsumer} and a thread that hands it to {@link Recognizer#recognise}. Where a device is lost, its utterances
 * come back, once each, and go to the others; when none is left all fail. Futures complete on the devices' threads: what
 * depends on them must be short and must not submit.
 *
 * <p>Thread-safe.
 */
final class UtteranceQueue implements AutoCloseable {
    /** Batches that have room to wait, at least. */
    private static final int LEAST_BATCHES = 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    /** Who waits for room, in the order of asking. */
    private final Deque<Condition> submitters = new ArrayDeque<>();
    private final WaitingRoom room = new WaitingRoom();
    private final Set<Waiting> inFlight = new LinkedHashSet<>();
    private final QueueCounts counts = new QueueCounts();
    private final long limit;
    private final long capacity;
    private long nextSequence;
    private int bulkCallers;
    private int consumers;
    /** Consumers that wait for work. */
    private int idle;
    private long wakes;
    private boolean closed;
    private RuntimeException failure;

    /**
     * @param batchSeconds the most audio in one batch; only an utterance that is longer itself is a batch of its own
     * @param capacitySeconds the most audio that waits; two batches at least
     */
    UtteranceQueue(double batchSeconds, double capacitySeconds) {
        this.limit = samples(batchSeconds);
        this.capacity = Math.max(LEAST_BATCHES * limit, samples(capacitySeconds));
        if (limit < 1) {
            throw new IllegalArgumentException("batches of " + batchSeconds + " seconds");
        }
    }

    private static long samples(double seconds) {
        return (long) Math.min(seconds * AudioClip.SAMPLE_RATE, 1L << 60);
    }

    /**
     * A new caller, whom others cannot keep from its turns.
     *
     * @param bulk whether it promises more as long as it is open, so that its utterances wait for a batch to be filled
     */
    Caller open(boolean bulk) {
        lock.lock();
        try {
            bulkCallers += bulk ? 1 : 0;
        } finally {
            lock.unlock();
        }
        return new Caller(bulk);
    }

    /** A new consumer, which must {@link QueueConsumer#leave}. */
    QueueConsumer consumer(BatchTarget target) {
        lock.lock();
        try {
            consumers++;
        } finally {
            lock.unlock();
        }
        return new QueueConsumer(this, target);
    }

    /** Somebody who submits. Thread-safe. */
    final class Caller implements AutoCloseable {
        private final WaitingLine line = new WaitingLine();
        private final boolean bulk;
        private boolean left;

        private Caller(boolean bulk) {
            this.bulk = bulk;
        }

        /**
         * Puts an utterance into the queue, once there is room.
         *
         * @throws InterruptedException when the thread was interrupted while it waited; the utterance is not in the queue then
         * @throws IllegalStateException when the queue or the caller is closed
         */
        CompletableFuture<Utterance> submit(Utterance utterance) throws InterruptedException {
            return submit(utterance, Long.MAX_VALUE).orElseThrow();
        }

        /** {@link #submit}, which gives up after {@code nanos}: empty then. */
        Optional<CompletableFuture<Utterance>> submit(Utterance utterance, long nanos) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                return utterance.silent() || waitForRoom(utterance.length(), nanos) ? Optional.of(add(utterance)) : Optional.empty();
            } finally {
                lock.unlock();
            }
        }

        /** {@link #submit} without waiting: empty when there is no room, or when others wait for it. */
        Optional<CompletableFuture<Utterance>> offer(Utterance utterance) {
            lock.lock();
            try {
                checkOpen();
                boolean now = utterance.silent() || submitters.isEmpty() && hasRoom(utterance.length());
                return now ? Optional.of(add(utterance)) : Optional.empty();
            } finally {
                lock.unlock();
            }
        }

        private boolean waitForRoom(int samples, long nanos) throws InterruptedException {
            checkOpen();
            if (submitters.isEmpty() && hasRoom(samples)) {
                return true;
            }
            long left = nanos;
            Condition turn = lock.newCondition();
            submitters.add(turn);
            work.signalAll();    // what waits goes though no batch may be filled
            try {
                while (failure == null && (submitters.peek() != turn || !hasRoom(samples))) {
                    if (left <= 0) {
                        return false;
                    }
                    left = turn.awaitNanos(left);
                    checkOpen();
                }
                return true;
            } finally {
                submitters.remove(turn);
                admitSubmitter();
            }
        }

        private void checkOpen() {
            if (closed) {
                throw new IllegalStateException("the queue is closed");
            }
            if (left) {
                throw new IllegalStateException("this caller of the queue is closed");
            }
        }

        private CompletableFuture<Utterance> add(Utterance utterance) {
            checkOpen();
            if (utterance.silent()) {
                return CompletableFuture.completedFuture(utterance);
            }
            if (failure != null) {
                return CompletableFuture.failedFuture(failure);
            }
            CompletableFuture<Utterance> future = new CompletableFuture<>();
            Waiting entry = new Waiting(utterance, future, line, nextSequence++, !bulk);
            future.whenComplete((answer, error) -> drop(entry));
            room.add(entry);
            admitSubmitter();
            work.signalAll();
            return future;
        }

        /** What this caller has in the queue goes without waiting for a batch to be filled: nothing more is coming soon. */
        void flush() {
            lock.lock();
            try {
                room.press(line);
                work.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** Nothing more will come. What was submitted is still answered. Idempotent. */
        @Override
        public void close() {
            lock.lock();
            try {
                bulkCallers -= bulk && !left ? 1 : 0;
                left = true;
                work.signalAll();
                submitters.forEach(Condition::signal);
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean hasRoom(int samples) {
        return room.isEmpty() || room.samples() + samples <= capacity;
    }

    private void admitSubmitter() {
        if (!submitters.isEmpty()) {
            submitters.peek().signal();
        }
    }

    /** Whether a batch is to go now that may have {@code most} samples. */
    private boolean ready(long most) {
        return !room.isEmpty() && (bulkCallers == 0 || room.pressing() > 0 || room.samples() >= most || !submitters.isEmpty() || closed);
    }

    /** An entry's future is complete: where it waits it need wait no longer. */
    private void drop(Waiting entry) {
        if (entry.place != Waiting.Place.WAITING) {
            return;
        }
        lock.lock();
        try {
            if (entry.place == Waiting.Place.WAITING && room.remove(entry)) {
                entry.place = Waiting.Place.ANSWERED;
                counts.dropped++;
                admitSubmitter();
                wakeWhenDrained();
            }
        } finally {
            lock.unlock();
        }
    }

    private void wakeWhenDrained() {
        if (drained()) {
            work.signalAll();
        }
    }

    private boolean drained() {
        return closed && room.isEmpty() && inFlight.isEmpty();
    }

    /** For {@link QueueConsumer}: the next batch, which is waited for; null when there is none any more, empty after {@link #wake}. */
    List<Waiting> take(BatchTarget target) {
        lock.lock();
        try {
            long before = wakes;
            while (true) {
                if (drained() || failure != null) {
                    return null;
                }
                if (wakes != before) {
                    return List.of();
                }
                if (ready(Math.min(limit, target.limit()))) {
                    return choose(target);
                }
                idle++;
                work.awaitUninterruptibly();
                idle--;
            }
        } finally {
            lock.unlock();
        }
    }

    /** For {@link QueueConsumer}: a batch if there is one and no other device is idle; else empty. */
    List<Waiting> poll(BatchTarget target) {
        lock.lock();
        try {
            return idle == 0 && failure == null && ready(Math.min(limit, target.limit())) ? choose(target) : List.of();
        } finally {
            lock.unlock();
        }
    }

    /** Samples for each device that is idle when nothing more is promised: the last of the work is shared. */
    private long share() {
        return idle == 0 || bulkCallers > 0 ? Long.MAX_VALUE : (room.samples() + idle) / (idle + 1);
    }

    private List<Waiting> choose(BatchTarget target) {
        List<Waiting> batch = room.choose(Math.min(Math.min(limit, target.limit()), share()));
        batch.forEach(entry -> entry.place = Waiting.Place.IN_FLIGHT);
        inFlight.addAll(batch);
        admitSubmitter();
        return batch;
    }

    /** For {@link QueueConsumer}: these go into a batch. */
    void counted(List<Waiting> batch) {
        lock.lock();
        try {
            counts.batch(batch);
        } finally {
            lock.unlock();
        }
    }

    /** For {@link QueueConsumer}: these wait again. Those cancelled meanwhile do not. */
    void putBack(List<Waiting> entries) {
        lock.lock();
        try {
            entries.forEach(inFlight::remove);
            entries.forEach(entry -> entry.place = Waiting.Place.WAITING);
            room.putBack(entries);
            work.signalAll();
        } finally {
            lock.unlock();
        }
        entries.stream().filter(entry -> entry.future().isDone()).forEach(this::drop);
    }

    /** For {@link QueueConsumer}: whether another consumer is there. */
    boolean othersConsume() {
        lock.lock();
        try {
            return consumers > 1;
        } finally {
            lock.unlock();
        }
    }

    /** For {@link QueueConsumer}: these are finished. */
    void answered(List<Waiting> entries) {
        lock.lock();
        try {
            entries.forEach(inFlight::remove);
            entries.forEach(entry -> entry.place = Waiting.Place.ANSWERED);
            counts.answered += entries.size();
            wakeWhenDrained();
        } finally {
            lock.unlock();
        }
        entries.forEach(Waiting::answer);
    }

    /** For {@link QueueConsumer}: it takes nothing any more. When it was the last one, all that waits fails with {@code reason}. */
    void left(RuntimeException reason) {
        List<Waiting> lost = List.of();
        lock.lock();
        try {
            consumers--;
            if (consumers == 0 && !drained()) {
                failure = reason;
                lost = room.clear();
                lost.forEach(entry -> entry.place = Waiting.Place.ANSWERED);
                counts.answered += lost.size();
                submitters.forEach(Condition::signal);
            }
            work.signalAll();
        } finally {
            lock.unlock();
        }
        lost.forEach(entry -> entry.future().completeExceptionally(reason));
    }

    /** Lets the consumers' targets {@link BatchTarget#rest}, those that wait for work too. */
    void wake() {
        lock.lock();
        try {
            wakes++;
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What has happened so far, and what waits. */
    QueueReport report() {
        lock.lock();
        try {
            return counts.report(room, inFlight);
        } finally {
            lock.unlock();
        }
    }

    /** Takes no new work; what there is, is still done. Who waits for room is told that it is closed. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            submitters.forEach(Condition::signal);
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@link #close}, and cancels all that is not finished. */
    void cancelAll() {
        List<Waiting> all;
        lock.lock();
        try {
            close();
            all = new ArrayList<>(room.clear());
            all.forEach(entry -> entry.place = Waiting.Place.ANSWERED);
            counts.dropped += all.size();
            all.addAll(inFlight);
            wakeWhenDrained();
        } finally {
            lock.unlock();
        }
        all.forEach(entry -> entry.future().cancel(false));
    }
}
