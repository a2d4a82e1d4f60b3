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
 * Runs batches within the memory that there is. A batch whose planned peak is beyond the budget is divided before it
 * runs; one that runs out of memory nevertheless is tried again after everything idle was given back, then divided. Only
 * an utterance that does not fit alone fails. Every utterance has ids or an error in the end. Not thread-safe.
 */
final class BatchRunner {
    private static final double MIB = 1 << 20;

    private final CudaContext context;
    private final Budget budget;
    private final Paraformer model;

    BatchRunner(CudaContext context, Budget budget, Paraformer model) {
        this.context = context;
        this.budget = budget;
        this.model = model;
    }

    /** Recognises all of a batch; results and errors are left in the utterances. */
    void run(List<Utterance> batch) {
        if (context.failure() != null) {
            fail(batch, context.failure());
            return;
        }
        if (batch.size() > 1 && !fits(batch)) {
            divide(batch);
            return;
        }
        try {
            attempt(batch);
        } catch (DeviceMemoryExhausted | CudaException e) {
            if (ranOutOfMemory(e)) {
                runAgain(batch);
            } else {
                fail(batch, e);
            }
        }
    }

    /** Once more from the ground, then in halves. */
    private void runAgain(List<Utterance> batch) {
        try {
            model.trim();
            budget.add(MemoryCounter.RETRY);
            attempt(batch);
        } catch (DeviceMemoryExhausted | CudaException e) {
            if (!ranOutOfMemory(e)) {
                fail(batch, e);
            } else if (batch.size() > 1) {
                divide(batch);
            } else {
                model.trim();
                batch.get(0).failed(tooLarge(batch.get(0), e));
            }
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
}
