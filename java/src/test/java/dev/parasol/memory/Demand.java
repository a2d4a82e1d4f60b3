package dev.parasol.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A member whose work is to hold memory of a budget: what it took stays with it until it is taken back. For tests of the ladder. */
final class Demand implements Reclaimer {
    final WorkMember member;
    final List<ReclaimStep> steps = new ArrayList<>();
    private final Budget budget;
    private volatile long held;

    Demand(Budget budget, String name) {
        this.budget = budget;
        this.member = budget.turns().join(name);
        member.reclaimBy(this);
    }

    /** An attempt that takes {@code bytes} in all and then does {@code work}. */
    MemoryLadder.Attempt attempt(long bytes, boolean divisible, Runnable work) {
        return new MemoryLadder.Attempt() {
            @Override
            public long lacking() {
                return Math.max(0, bytes - held);
            }

            @Override
            public boolean divisible() {
                return divisible;
            }

            @Override
            public void run() {
                long more = lacking();
                budget.reserve(more);
                held += more;
                work.run();
            }
        };
    }

    /** Climbs with {@link #attempt}; null when it was done. */
    RuntimeException climb(long bytes, Runnable work) {
        try (WorkTask task = budget.turns().begin(member, bytes + " bytes")) {
            return new MemoryLadder(budget).climb(task, attempt(bytes, false, work));
        }
    }

    static Thread start(Runnable work) {
        Thread thread = new Thread(work);
        thread.start();
        return thread;
    }

    /** Waits until something holds; the test's timeout ends it. */
    static void until(Supplier<Boolean> holds) {
        while (!holds.get()) {
            Thread.onSpinWait();
        }
    }

    long held() {
        return held;
    }

    @Override
    public long idle() {
        return held;
    }

    @Override
    public long fixed() {
        return 0;
    }

    @Override
    public void reclaim(ReclaimStep step, long bytes) {
        steps.add(step);
        if (step == ReclaimStep.TRIM) {
            budget.release(held);
            held = 0;
        }
    }
}
