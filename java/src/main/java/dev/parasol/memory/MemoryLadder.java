package dev.parasol.memory;

import dev.parasol.cuda.CudaException;
import dev.parasol.memory.WorkTask.Want;

/**
 * What is done, step by step, when work finds too little memory: what is finished is drained, what is idle trimmed, what can
 * be made anew evicted, what is scattered moved together, with the worker itself and with all who are not at work; then others
 * are waited for; then it is tried alone, with all the memory that there is. Each rung is tried once, so there are at most
 * four attempts. What fails on the last rung can only be made smaller, which is the caller's to do, or be given up.
 *
 * <p>Every rung is counted in the budget and told to the Flight Recorder. Thread-safe.
 */
public final class MemoryLadder {
    /** Work that may find too little memory. It can be repeated after it has. */
    public interface Attempt {
        /**
         * Bytes that the work needs in addition to what its member holds now, as far as that is known. More than the budget
         * has left is not tried. First asked in a turn.
         */
        long lacking();

        /** Whether it can be done in parts, so that nobody need wait for what is beyond reach. */
        boolean divisible();

        /**
         * Does the work. {@link DeviceMemoryExhausted}, or a {@link CudaException} that says the same, when there is too little
         * memory; everything is as before then.
         */
        void run();
    }

    private final Budget budget;
    private final WorkTurns turns;

    /** The ladder of those who work with {@code budget}. */
    public MemoryLadder(Budget budget) {
        this.budget = budget;
        this.turns = budget.turns();
    }

    /**
     * Does the work, on the lowest rung on which it can be done.
     *
     * @param task whose member the work belongs to
     * @return null when it is done; otherwise why the last attempt failed, all memory that is the member's alone being given back
     */
    public RuntimeException climb(WorkTask task, Attempt attempt) {
        RuntimeException failure = null;
        Want rung = Want.BESIDE;
        while (rung != null) {
            if (!turns.enter(task, rung, failure == null ? 0 : lacking(attempt, failure))) {
                return budget.exhausted(task + ", which others wait for and which may not wait for them,", 0, null);
            }
            Want next = null;
            long lacking = 0;
            try {
                failure = inTurn(task, rung, attempt, failure);
                if (failure != null && rung != Want.ALONE && !beyondReach(task, attempt)) {
                    next = rung == Want.BESIDE && turns.othersAtWork(task) ? Want.MEMORY : Want.ALONE;
                    lacking = lacking(attempt, failure);
                }
            } finally {
                turns.exit(task, next, lacking);
            }
            rung = next;
        }
        return failure;
    }

    /** Counts that work was divided. */
    public void divided(WorkTask task) {
        budget.step(MemoryCounter.SPLIT, task, 0);
    }

    /** Counts that work was given up. */
    public void givenUp(WorkTask task) {
        budget.step(MemoryCounter.EXHAUSTED, task, 0);
    }

    /** What is done on one rung; null when it went well. */
    private RuntimeException inTurn(WorkTask task, Want rung, Attempt attempt, RuntimeException before) {
        RuntimeException failure = before;
        if (rung == Want.BESIDE) {
            failure = tried(task, attempt);
            if (failure == null || beyondReach(task, attempt)) {
                return failure;
            }
        } else if (rung == Want.ALONE) {
            budget.step(MemoryCounter.ALONE, task, 0);
        }
        if (reclaimed(task, attempt, failure, rung == Want.ALONE)) {
            budget.step(MemoryCounter.RETRY, task, 0);
            failure = tried(task, attempt);
        }
        if (failure != null && rung == Want.ALONE) {
            task.member().reclaimer().reclaim(ReclaimStep.TRIM, Long.MAX_VALUE);
        }
        return failure;
    }

    /** Whether the parts of it are a better answer than all that could be given back. */
    private boolean beyondReach(WorkTask task, Attempt attempt) {
        return attempt.divisible() && attempt.lacking() + task.member().reclaimer().idle() > turns.withinReach();
    }

    /** Goes down the steps until the budget has enough; says whether it has. Where the device refused, all steps are gone. */
    private boolean reclaimed(WorkTask task, Attempt attempt, RuntimeException failure, boolean all) {
        boolean device = lacking(attempt, failure) <= turns.left();
        for (ReclaimStep step : ReclaimStep.values()) {
            long lacking = lacking(attempt, failure);
            if (!device && lacking <= turns.left()) {
                break;
            }
            turns.reclaim(task, step, lacking, all);
        }
        return lacking(attempt, failure) <= turns.left();
    }

    /** Null when it went well; any other failure than too little memory is thrown. */
    private RuntimeException tried(WorkTask task, Attempt attempt) {
        if (attempt.lacking() > turns.left()) {
            return budget.exhausted(task.toString(), attempt.lacking(), null);
        }
        try {
            attempt.run();
            return null;
        } catch (DeviceMemoryExhausted e) {
            return e;
        } catch (CudaException e) {
            if (!e.outOfMemory()) {
                throw e;
            }
            return e;
        }
    }

    /** What the work itself says, or else what it was refused. */
    private static long lacking(Attempt attempt, RuntimeException failure) {
        long known = attempt.lacking();
        return known == 0 && failure instanceof DeviceMemoryExhausted e ? e.requested() : known;
    }
}
