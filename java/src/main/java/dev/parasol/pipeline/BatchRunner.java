package dev.parasol.pipeline;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.CudaException;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryLadder;
import dev.parasol.memory.WorkMember;
import dev.parasol.memory.WorkTask;
import dev.parasol.model.Paraformer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * Runs batches within the memory that there is, two in flight where they follow each other and memory admits it. A batch that finds too little climbs the {@link MemoryLadder}; one that
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
    private final Session<Paraformer> session;
    private final MemoryLadder ladder;

    BatchRunner(Session<Paraformer> session) {
        this.session = session;
        this.context = session.context();
        this.budget = session.budget();
        this.member = session.member();
        this.ladder = new MemoryLadder(budget);
        member.reclaimBy(new SessionReclaimer(session));
    }

    /**
     * Recognises all batches; results and errors are left in the utterances.
     *
     * @throws IllegalStateException when the recognizer is closed
     */
    void run(BatchSource source) {
        Deque<List<Utterance>> open = new ArrayDeque<>();
        while (true) {
            if (open.isEmpty()) {
                List<Utterance> batch = source.take();
                if (batch == null) {
                    return;
                }
                open.add(batch);
            }
            try (WorkTask task = budget.turns().begin(member, name(open.peek()))) {
                run(task, new Flight(session, task, open, source));
            }
        }
    }

    private static String name(List<Utterance> batch) {
        double seconds = batch.stream().mapToDouble(Utterance::seconds).sum();
        return String.format(Locale.ROOT, "%d utterances of %.1f s", batch.size(), seconds);
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

    /** At least the first batch of the flight is finished then, and none is lost. */
    private void run(WorkTask task, Flight flight) {
        Deque<List<Utterance>> open = flight.open();
        if (context.failure() != null) {
            fail(open, context.failure());
            return;
        }
        RuntimeException failure;
        try {
            failure = ladder.climb(task, flight);
        } catch (CudaException e) {
            if (open.size() == 1 || context.failure() != null) {
                fail(open, e);
            } else {
                runAlone(task, open);    // whose failure it was shows then
            }
            return;
        }
        if (failure != null) {
            long peakBytes = flight.peakBytes();
            List<Utterance> first = open.remove();
            if (first.size() == 1) {
                ladder.givenUp(task);
                first.get(0).failed(tooLarge(first.get(0), peakBytes, failure));
            } else {
                divide(task, first);
            }
        }
    }

    private void runAlone(WorkTask task, Deque<List<Utterance>> open) {
        while (!open.isEmpty()) {
            runAlone(task, open.remove());
        }
    }

    private void runAlone(WorkTask task, List<Utterance> batch) {
        run(task, new Flight(session, task, new ArrayDeque<>(List.of(batch)), null));
    }

    /** The parts are the same task, so nobody who came later goes before them. */
    private void divide(WorkTask task, List<Utterance> batch) {
        ladder.divided(task);
        int half = batch.size() / 2;
        runAlone(task, batch.subList(0, half));
        runAlone(task, batch.subList(half, batch.size()));
    }

    private void fail(Deque<List<Utterance>> open, RuntimeException e) {
        while (!open.isEmpty()) {
            fail(open.remove(), e);
        }
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
