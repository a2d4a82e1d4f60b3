package dev.parasol.pipeline;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.CudaException;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryLadder;
import dev.parasol.memory.WorkMember;
import dev.parasol.memory.WorkTask;
import dev.parasol.model.BatchShape;
import dev.parasol.model.Paraformer;
import java.util.List;
import java.util.Locale;

/**
 * Runs batches within the memory that there is. A batch that finds too little climbs the {@link MemoryLadder}; one that
 * does not fit even alone, or whose planned peak is beyond everything that could be given back, is divided. Only an utterance
 * that does not fit alone fails. Every utterance has ids or an error in the end.
 *
 * <p>Thread-safe: batches of several threads run one after another, the oldest first.
 */
final class BatchRunner {
    private static final double MIB = 1 << 20;

    private final CudaContext context;
    private final Budget budget;
    private final WorkMember member;
    private final Session session;
    private final Paraformer model;
    private final MemoryLadder ladder;

    BatchRunner(Session session) {
        this.session = session;
        this.context = session.context();
        this.budget = session.budget();
        this.member = session.member();
        this.model = session.model();
        this.ladder = new MemoryLadder(budget);
        member.reclaimBy(new SessionReclaimer(session));
    }

    /**
     * Recognises all of a batch; results and errors are left in the utterances.
     *
     * @throws IllegalStateException when the recognizer is closed
     */
    void run(List<Utterance> batch) {
        double seconds = batch.stream().mapToDouble(Utterance::seconds).sum();
        String name = String.format(Locale.ROOT, "%d utterances of %.1f s", batch.size(), seconds);
        try (WorkTask task = budget.turns().begin(member, name)) {
            run(task, batch);
        }
    }

    /**
     * Does something with the model that cannot be divided.
     *
     * @throws dev.parasol.memory.DeviceMemoryExhausted when there is too little memory
     */
    void runWhole(String name, Runnable pass) {
        try (WorkTask task = budget.turns().begin(member, name)) {
            RuntimeException failure = ladder.climb(task, new MemoryLadder.Attempt() {
                @Override
                public long lacking() {
                    return 0;
                }

                @Override
                public boolean divisible() {
                    return false;
                }

                @Override
                public void run() {
                    pass.run();
                }
            });
            if (failure != null) {
                ladder.givenUp(task);
                throw failure;
            }
        }
    }

    private void run(WorkTask task, List<Utterance> batch) {
        if (context.failure() != null) {
            fail(batch, context.failure());
            return;
        }
        Pass pass = new Pass(batch);
        RuntimeException failure;
        try {
            failure = ladder.climb(task, pass);
            if (failure != null && batch.size() == 1) {
                ladder.givenUp(task);
                batch.get(0).failed(tooLarge(batch.get(0), pass.peakBytes, failure));
                return;
            }
        } catch (CudaException e) {
            fail(batch, e);
            return;
        }
        if (failure != null) {
            divide(task, batch);
        }
    }

    /** A batch's way through the model. */
    private final class Pass implements MemoryLadder.Attempt {
        private final List<Utterance> batch;
        /** The plan's, once it was made. */
        private long peakBytes;

        Pass(List<Utterance> batch) {
            this.batch = batch;
        }

        @Override
        public long lacking() {
            if (peakBytes == 0) {
                BatchShape shape = model.layout(batch.stream().map(Utterance::samples).toList()).shape();
                peakBytes = model.plan(shape).peakBytes();
            }
            return Math.max(0, session.memory().mapped(peakBytes) - model.reserved());
        }

        @Override
        public boolean divisible() {
            return batch.size() > 1;
        }

        @Override
        public void run() {
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
    }

    /** The parts are the same task, so nobody who came later goes before them. */
    private void divide(WorkTask task, List<Utterance> batch) {
        ladder.divided(task);
        int half = batch.size() / 2;
        run(task, batch.subList(0, half));
        run(task, batch.subList(half, batch.size()));
    }

    private void fail(List<Utterance> batch, RuntimeException e) {
        RuntimeException error = context.failure() == null ? e
                : new RecognitionException("the device " + context.spec() + " failed and this recognizer cannot go on; close it and make a new one ("
                        + e.getMessage() + ")", e);
        batch.forEach(utterance -> utterance.failed(error));
    }

    private RecognitionException tooLarge(Utterance utterance, long peakBytes, RuntimeException cause) {
        if (peakBytes == 0) {
            return new RecognitionException(cause.getMessage(), cause);    // it got no turn in which to plan
        }
        long there = Math.min(budget.left(), context.memoryInfo().free());
        return new RecognitionException(String.format(Locale.ROOT,
                "%.1f s of audio need %.1f MiB of device memory for one forward pass, but there are %.1f MiB (%.1f MiB are held otherwise%s); %s",
                utterance.seconds(), peakBytes / MIB, there / MIB, budget.used() / MIB, budget.report().largestHolders(),
                "divide the recording, or raise the memory limit if there is one"), cause);
    }
}
