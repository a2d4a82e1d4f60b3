package dev.parasol.pipeline;

import dev.parasol.memory.MemoryLadder;
import dev.parasol.memory.WorkTask;
import dev.parasol.model.BatchShape;
import dev.parasol.model.Paraformer;
import dev.parasol.model.Recognised;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Batches on their way through the model in one turn, two of them in flight where memory admits it. The first one is what the
 * turn was asked for; others follow as long as they are there, nobody waits, and it did not take too long. Where something
 * failed, the next attempt is at the first unfinished one alone.
 *
 * <p>Confined to the thread of its task.
 */
final class Flight implements MemoryLadder.Attempt {
    /** After that results are told, and somebody else may have a turn. */
    private static final long LONGEST_NANOS = 1_000_000_000;

    private final Session<Paraformer> session;
    private final WorkTask task;
    private final Deque<List<Utterance>> open;
    private final BatchSource source;
    private boolean attempted;
    /** The batch that {@link #peakBytes} is about. */
    private List<Utterance> planned;
    private long peakBytes;

    /**
     * @param open batches that were taken from the source and are not finished, one at least; those that are finished are removed
     * @param source of those that may follow, or null
     */
    Flight(Session<Paraformer> session, WorkTask task, Deque<List<Utterance>> open, BatchSource source) {
        this.session = session;
        this.task = task;
        this.open = open;
        this.source = source;
    }

    /** Batches that are not finished, the first one being what the last failure was about. */
    Deque<List<Utterance>> open() {
        return open;
    }

    /** What the first unfinished batch needs for activations; 0 while it was not planned. */
    long peakBytes() {
        return planned == open.peek() ? peakBytes : 0;
    }

    @Override
    public long lacking() {
        Paraformer model = session.model();
        if (peakBytes() == 0) {
            BatchShape shape = model.layout(waveforms(open.peek())).shape();
            peakBytes = model.plan(shape).peakBytes();
            planned = open.peek();
        }
        return Math.max(0, session.memory().mapped(peakBytes) - model.reserved());
    }

    @Override
    public boolean divisible() {
        return open.peek().size() > 1;
    }

    @Override
    public void run() {
        boolean alone = attempted || source == null;
        attempted = true;
        long begun = System.nanoTime();
        session.model().recogniseAll(new Iterator<>() {
            private List<Utterance> next = open.peek();

            @Override
            public boolean hasNext() {
                if (next == null && !alone && System.nanoTime() - begun < LONGEST_NANOS && !task.awaited()) {
                    next = source.poll();
                    if (next != null) {
                        open.add(next);
                    }
                }
                return next != null;
            }

            @Override
            public List<float[]> next() {
                List<float[]> waveforms = waveforms(next);
                next = null;
                return waveforms;
            }
        }, new Landing(begun)::landed);
    }

    private static List<float[]> waveforms(List<Utterance> batch) {
        return batch.stream().map(Utterance::samples).toList();
    }

    /** Leaves results in the utterances, each with its share of the time since the batch before. */
    private final class Landing {
        private long last;

        Landing(long begun) {
            last = begun;
        }

        void landed(List<Recognised> found) {
            List<Utterance> batch = open.remove();
            long now = System.nanoTime();
            double total = batch.stream().mapToDouble(Utterance::seconds).sum();
            for (int i = 0; i < batch.size(); i++) {
                Utterance utterance = batch.get(i);
                utterance.recognised(found.get(i));
                utterance.spent((now - last) * 1e-9 * utterance.seconds() / total);
            }
            last = now;
        }
    }
}
