package dev.parasol.pipeline;

import dev.parasol.audio.AudioClip;
import dev.parasol.cuda.CudaException;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryCounter;
import dev.parasol.model.ForwardPlan;
import dev.parasol.model.Paraformer;
import java.util.List;

/**
 * How large a recognizer's batches may be, by the memory that there is.
 *
 * <p>Before a batch goes, the planner's exact peak for it is compared with what can be had without waiting: what the recognizer holds already,
 * what is left of the budget and of the device, which others may use as well, and what others hold idle. The device is
 * asked only when the slab would have to grow. For a batch that is too large the working limit becomes that part of its length which the
 * memory is of its peak, and another one is chosen within it; where the {@link dev.parasol.memory.MemoryLadder} had to divide a batch all the same, the limit is halved. After {@value #SUCCESSES}
 * batches that went as they were chosen it grows by a quarter, up to the full one again.
 *
 * <p>Used by the thread of its device; the counts may be read by any.
 */
final class MemoryAdmission implements BatchTarget {
    private static final int SUCCESSES = 4;
    private static final int GROWTH = 4;
    private static final long LEAST = AudioClip.SAMPLE_RATE;

    private final Recognizer recognizer;
    private final Session<Paraformer> session;
    private final long full;
    private volatile long limit;
    private volatile long shrunk;
    private volatile long grown;
    private volatile long plannedPeak;
    private int successes;
    private long divisions;

    /** @param batchSeconds the most audio in a batch while memory suffices */
    MemoryAdmission(Recognizer recognizer, double batchSeconds) {
        this.recognizer = recognizer;
        this.session = recognizer.session();
        this.full = Math.max(LEAST, (long) Math.min(batchSeconds * AudioClip.SAMPLE_RATE, 1L << 60));
        this.limit = full;
        this.divisions = divisions();
    }

    private long divisions() {
        return session.budget().count(MemoryCounter.SPLIT);
    }

    @Override
    public long limit() {
        return limit;
    }

    @Override
    public void rest() {
        if (divisions() > divisions) {
            divisions = divisions();
            shrink(limit / 2);
        }
        if (overdrawn()) {
            recognizer.trim();
        }
    }

    /** Whether memory is held beyond a limit that has been lowered. */
    private boolean overdrawn() {
        return session.budget().used() > session.budget().limit() && session.model().reserved() > 0;
    }

    @Override
    public boolean admitsAnother() {
        return !overdrawn();
    }

    @Override
    public boolean admits(List<Utterance> batch) {
        Paraformer model = session.model();
        ForwardPlan plan = model.plan(model.layout(batch.stream().map(Utterance::samples).toList()).shape());
        long peak = session.memory().mapped(plan.peakBytes());
        if (peak > model.reserved() && batch.size() > 1 && samples(batch) > LEAST) {
            long room = withoutWaiting();
            if (peak > room) {
                shrink((long) Math.min((double) room / peak * samples(batch), samples(batch) - 1));
                return false;
            }
        }
        note(batch, plan);
        return true;
    }

    /** Bytes of activations that can be had now. */
    private long withoutWaiting() {
        Budget budget = session.budget();
        long left = Math.min(budget.limit() - budget.used(), session.context().memoryInfo().free());
        return session.model().reserved() + left + budget.turns().idleBeside(session.member());
    }

    private static long samples(List<Utterance> batch) {
        return batch.stream().mapToLong(Utterance::length).sum();
    }

    private void note(List<Utterance> batch, ForwardPlan plan) {
        plannedPeak = Math.max(plannedPeak, plan.peakBytes());
        if (limit < full && ++successes >= SUCCESSES) {
            successes = 0;
            grown++;
            change(Math.min(full, limit + Math.max(LEAST, limit / GROWTH)), "grown");
        }
        ServiceEvents.Batch event = new ServiceEvents.Batch();
        if (event.isEnabled()) {
            event.device = recognizer.device().toString();
            event.utterances = batch.size();
            event.seconds = seconds(samples(batch));
            event.planned = plan.peakBytes();
            event.commit();
        }
    }

    private void shrink(long samples) {
        successes = 0;
        shrunk++;
        change(Math.max(LEAST, samples), "shrunk");
    }

    private void change(long samples, String how) {
        ServiceEvents.Limit event = new ServiceEvents.Limit();
        if (event.isEnabled()) {
            event.device = recognizer.device().toString();
            event.before = seconds(limit);
            event.after = seconds(samples);
            event.how = how;
            event.commit();
        }
        limit = samples;
    }

    private static double seconds(long samples) {
        return (double) samples / AudioClip.SAMPLE_RATE;
    }

    @Override
    public RuntimeException failure() {
        CudaException failure = session.context().failure();
        return failure == null ? null
                : new RecognitionException("the device " + recognizer.device() + " failed (" + failure.getMessage() + ")", failure);
    }

    /** The most audio of the next batch, in seconds. */
    double batchSeconds() {
        return seconds(limit);
    }

    /** How often the working limit shrank. */
    long shrunk() {
        return shrunk;
    }

    /** How often the working limit grew. */
    long grown() {
        return grown;
    }

    /** The largest planned peak of the activations of a batch, in bytes. */
    long plannedPeak() {
        return plannedPeak;
    }
}
