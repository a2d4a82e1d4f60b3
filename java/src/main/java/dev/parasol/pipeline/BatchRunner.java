package dev.parasol.pipeline;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.CudaException;
import dev.parasol.memory.Budget;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.memory.MemoryCounter;
import dev.parasol.model.BatchShape;
import dev.parasol.model.Paraformer;
import java.util.List;
import java.util.Locale;

/**
 * Runs batches within the memory that there is. A batch whose planned peak is beyond what is left, or that runs out of
 * memory nevertheless, is tried once more while nobody else works with the budget and after everything idle was given
 * back, by others too; then it is divided. Only an utterance that does not fit alone fails. Every utterance has ids or an
 * error in the end. Not thread-safe.
 */
final class BatchRunner implements AutoCloseable {
    private static final double MIB = 1 << 20;

    private final CudaContext context;
    private final Budget budget;
    private final Paraformer model;
    private final Runnable giveBack = this::giveBack;

    BatchRunner(CudaContext context, Budget budget, Paraformer model) {
        this.context = context;
        this.budget = budget;
        this.model = model;
        budget.turns().join(giveBack);
    }

    /** For others, between two batches. Where the device has failed there is nothing to be given back before the closing. */
    private void giveBack() {
        if (context.failure() == null) {
            model.trim();
        }
    }

    /** Recognises all of a batch; results and errors are left in the utterances. */
    void run(List<Utterance> batch) {
        if (context.failure() != null) {
            fail(batch, context.failure());
            return;
        }
        boolean done;
        try {
            done = budget.turns().beside(() -> besideOthers(batch)) || budget.turns().alone(giveBack, () -> alone(batch));
        } catch (CudaException e) {
            fail(batch, e);
            return;
        }
        if (!done) {
            divide(batch);
        }
    }

    /** Says false when there is too little memory. */
    private boolean besideOthers(List<Utterance> batch) {
        if (batch.size() > 1 && !fits(batch)) {
            return false;
        }
        try {
            attempt(batch);
            return true;
        } catch (DeviceMemoryExhausted | CudaException e) {
            if (!ranOutOfMemory(e)) {
                throw e;
            }
            return false;
        }
    }

    /** Once more, with all the memory that there is; says false when that is too little and the batch can be divided. */
    private boolean alone(List<Utterance> batch) {
        if (batch.size() > 1 && !fits(batch)) {
            return false;
        }
        try {
            model.trim();
            budget.add(MemoryCounter.RETRY);
            attempt(batch);
            return true;
        } catch (DeviceMemoryExhausted | CudaException e) {
            if (!ranOutOfMemory(e)) {
                throw e;
            }
            if (batch.size() > 1) {
                return false;
            }
            model.trim();
            batch.get(0).failed(tooLarge(batch.get(0), e));
            return true;
        }
    }

    private void attempt(List<Utterance> batch) {
        long start = System.nanoTime();
        List<int[]> ids = model.run(batch.stream().map(Utterance::samples).toList(), null);
        double elapsed = (System.nanoTime() - start) * 1e-9;
        double total = batch.stream().mapToDouble(Utterance::seconds).sum();
        for (int i = 0; i < batch.size(); i++) {
            Utterance utterance = batch.get(i);
            utterance.recognised(ids.get(i));
            utterance.spent(elapsed * utterance.seconds() / total);
        }
    }

    private void divide(List<Utterance> batch) {
        budget.add(MemoryCounter.SPLIT);
        int half = batch.size() / 2;
        run(batch.subList(0, half));
        run(batch.subList(half, batch.size()));
    }

    private boolean fits(List<Utterance> batch) {
        return peakBytes(batch) <= withinReach();
    }

    private long peakBytes(List<Utterance> batch) {
        BatchShape shape = model.layout(batch.stream().map(Utterance::samples).toList()).shape();
        return model.plan(shape).peakBytes();
    }

    /** What the slab may grow to by the budget alone; whether the device has as much shows on growth. */
    private long withinReach() {
        return Math.max(0, budget.limit() - budget.used()) + model.reserved();
    }

    private static boolean ranOutOfMemory(RuntimeException e) {
        return e instanceof DeviceMemoryExhausted || (e instanceof CudaException cuda && cuda.outOfMemory());
    }

    private void fail(List<Utterance> batch, RuntimeException e) {
        RuntimeException error = context.failure() == null ? e
                : new RecognitionException("the device " + context.spec() + " failed and this recognizer cannot go on; close it and make a new one ("
                        + e.getMessage() + ")", e);
        batch.forEach(utterance -> utterance.failed(error));
    }

    private RecognitionException tooLarge(Utterance utterance, RuntimeException cause) {
        long there = cause instanceof DeviceMemoryExhausted e ? e.free() : context.memoryInfo().free();
        return new RecognitionException(String.format(Locale.ROOT,
                "%.1f s of audio need %.1f MiB of device memory for one forward pass, but there are %.1f MiB (%.1f MiB are held otherwise); %s",
                utterance.seconds(), peakBytes(List.of(utterance)) / MIB, there / MIB, budget.used() / MIB,
                "divide the recording, or raise the memory limit if there is one"), cause);
    }

    /** The memory of this runner is not asked for any more. */
    @Override
    public void close() {
        budget.turns().leave(giveBack);
    }
}
