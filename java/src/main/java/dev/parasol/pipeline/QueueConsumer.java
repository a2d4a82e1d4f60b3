package dev.parasol.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A device's end of an {@link UtteranceQueue}. Used by one thread, which hands it to {@link Recognizer#recognise}. */
final class QueueConsumer implements BatchSource {
    private final UtteranceQueue queue;
    private final BatchTarget target;
    private final Deque<List<Waiting>> taken = new ArrayDeque<>();
    private boolean left;
    private volatile long idleNanos;

    QueueConsumer(UtteranceQueue queue, BatchTarget target) {
        this.queue = queue;
        this.target = target;
    }

    /** Null also when the device is lost. */
    @Override
    public List<Utterance> take() {
        settle(target.failure());
        while (target.failure() == null) {
            target.rest();
            long begun = System.nanoTime();
            List<Waiting> batch = queue.take(target);
            idleNanos += System.nanoTime() - begun;
            if (batch == null) {
                return null;
            }
            if (!batch.isEmpty() && admitted(batch)) {
                return utterances(batch);
            }
        }
        return null;
    }

    @Override
    public List<Utterance> poll() {
        settle(null);    // what is not finished is still the device's
        while (target.failure() == null && target.admitsAnother()) {
            List<Waiting> batch = queue.poll(target);
            if (batch.isEmpty()) {
                return null;
            }
            if (admitted(batch)) {
                return utterances(batch);
            }
        }
        return null;
    }

    private static List<Utterance> utterances(List<Waiting> batch) {
        return batch.stream().map(Waiting::utterance).toList();
    }

    /** Whether a batch goes; otherwise it waits again. */
    private boolean admitted(List<Waiting> batch) {
        boolean admitted = true;
        try {
            admitted = target.admits(utterances(batch));
        } finally {
            if (admitted) {
                taken.add(batch);
            } else {
                queue.putBack(batch);
            }
        }
        if (admitted) {
            queue.counted(batch);
        }
        return admitted;
    }

    /**
     * Answers what is finished.
     *
     * @param loss why the device, which is at rest, is lost: what it failed with is tried once more elsewhere; or null
     */
    private void settle(RuntimeException loss) {
        boolean lost = loss != null;
        List<Waiting> finished = new ArrayList<>();
        List<Waiting> again = new ArrayList<>();
        boolean elsewhere = lost && queue.othersConsume();
        while (!taken.isEmpty() && (lost || taken.peek().stream().allMatch(entry -> entry.utterance().finished()))) {
            for (Waiting entry : taken.remove()) {
                boolean failed = !entry.utterance().finished() || entry.utterance().error() != null;
                if (lost && failed && elsewhere && !entry.returned) {
                    entry.returned = true;
                    again.add(entry);
                } else {
                    finish(entry, loss);
                    finished.add(entry);
                }
            }
        }
        again.forEach(entry -> entry.utterance().again());
        queue.answered(finished);
        queue.putBack(again);
    }

    private static void finish(Waiting entry, RuntimeException reason) {
        if (!entry.utterance().finished()) {
            entry.utterance().failed(reason);
        }
    }

    /**
     * {@link Recognizer#recognise} ended with something unforeseen: an utterance that was alone fails with it, several are tried again
     * one by one, so that it stays with the one whose failure it is.
     *
     * @return whether there was anything to fail or to try again
     */
    boolean failed(Throwable unforeseen) {
        boolean any = !taken.isEmpty();
        if (target.failure() != null) {
            settle(target.failure());
            return any;
        }
        List<Waiting> finished = new ArrayList<>();
        List<Waiting> again = new ArrayList<>();
        for (List<Waiting> batch : taken) {
            for (Waiting entry : batch) {
                if (!entry.utterance().finished() && !entry.alone && batch.size() + taken.size() > 2) {
                    entry.alone = true;
                    again.add(entry);
                } else {
                    finish(entry, new RecognitionException("recognition ended with " + unforeseen, unforeseen));
                    finished.add(entry);
                }
            }
        }
        taken.clear();
        queue.answered(finished);
        queue.putBack(again);
        return any;
    }

    /** Nanoseconds for which the device had nothing to do so far. Any thread may ask. */
    long idleNanos() {
        return idleNanos;
    }

    /**
     * Takes nothing any more; what it still has comes back. Idempotent.
     *
     * @param reason what the rest fails with when no other consumer is left
     */
    void leave(RuntimeException reason) {
        if (!left) {
            left = true;
            failed(reason);
            queue.left(reason);
        }
    }
}
