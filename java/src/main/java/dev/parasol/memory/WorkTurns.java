package dev.parasol.memory;

import dev.parasol.memory.WorkTask.Want;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How those who share a budget keep out of each other's way: every wait of theirs is here, and the oldest task goes first.
 * {@link TurnBoard} has the rules. What a member holds while it is not at work can be taken back by others, and while
 * somebody waits for memory, whoever ends a turn gives back what it no longer needs.
 *
 * <p>All waiting ends: if threads that are in the middle of one task wait for each other in another, the youngest of those is
 * refused and goes on as if there were too little memory. Thread-safe.
 */
public final class WorkTurns {
    /** Guards itself, and is where all wait. */
    private static final TurnBoard BOARD = new TurnBoard();

    private final Budget budget;
    private final Set<WorkMember> members = ConcurrentHashMap.newKeySet();

    WorkTurns(Budget budget) {
        this.budget = budget;
    }

    /** A new member, which has nothing to give back yet. */
    public WorkMember join(String name) {
        WorkMember member = new WorkMember(name);
        members.add(member);
        return member;
    }

    /** Undoes {@link #join}: nothing is taken back from the member any more, and its waiting tasks end in an {@link IllegalStateException}. */
    public void leave(WorkMember member) {
        boolean interrupted = false;
        synchronized (BOARD) {
            while (member.reclaimedBy != null) {    // by one at work, who waits for nobody meanwhile
                interrupted |= pause();
            }
            member.left = true;
            members.remove(member);
            BOARD.notifyAll();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Begins a task, once its member has ended those before it.
     *
     * @throws IllegalStateException when the member has left, or when the task would wait for its own thread
     */
    public WorkTask begin(WorkMember member, String name) {
        WorkTask task;
        synchronized (BOARD) {
            task = BOARD.begin(this, member, name, Thread.currentThread());
        }
        boolean begun = false;
        try {
            if (!await(task, Want.MEMBER, 0)) {
                throw new IllegalStateException(task + " would wait for ever: it was asked for in the middle of work that others wait for");
            }
            if (member.left) {
                throw new IllegalStateException(member.name() + " is closed");
            }
            begun = true;
        } finally {
            if (!begun) {
                end(task);
            }
        }
        return task;
    }

    void end(WorkTask task) {
        synchronized (BOARD) {
            BOARD.end(task);
            BOARD.notifyAll();
        }
    }

    /**
     * Waits for a turn.
     *
     * @param lacking bytes that are missing, for {@link Want#MEMORY} and for reports
     * @return false when that would never end; there is no turn then
     */
    boolean enter(WorkTask task, Want want, long lacking) {
        return await(task, want, lacking);
    }

    /**
     * Ends a turn. Where others wait for memory, the member's idle memory is given back first: to all of them when the
     * work is done, and otherwise, since the task is going to wait as well, only to those that are older.
     *
     * @param next what the task is going to {@link #enter} at once, or null; it has its place among those who wait from now
     *     on, so that nobody younger slips in between
     */
    void exit(WorkTask task, Want next, long lacking) {
        boolean awaited;
        synchronized (BOARD) {
            awaited = BOARD.awaited(task, next == null);
        }
        try {
            long idle = awaited ? task.member().reclaimer().idle() : 0;
            if (idle > 0) {
                task.member().reclaimer().reclaim(ReclaimStep.TRIM, idle);
                budget.step(MemoryCounter.YIELD, task, idle);
            }
        } finally {
            synchronized (BOARD) {
                BOARD.exit(task, next, lacking, System.nanoTime());
                BOARD.notifyAll();
            }
        }
    }

    /**
     * Does one step for a task that has a turn: with its own member, if the step does not take away what the task is about
     * to use, and with all others that are not at work.
     *
     * @param all also with members in which an older task waits; for who works alone
     */
    void reclaim(WorkTask task, ReclaimStep step, long bytes, boolean all) {
        long before = budget.used();
        if (step != ReclaimStep.TRIM) {
            task.member().reclaimer().reclaim(step, bytes);
        }
        for (WorkMember member : members) {
            if (member != task.member() && claim(task, member, all)) {
                try {
                    member.reclaimer().reclaim(step, bytes);
                } finally {
                    unclaim(member);
                }
            }
        }
        budget.step(step.counter(), task, Math.max(0, before - budget.used()));
    }

    private static boolean claim(WorkTask task, WorkMember member, boolean all) {
        synchronized (BOARD) {
            boolean may = !member.left && BOARD.mayReclaim(task, member, all);
            if (may) {
                member.reclaimedBy = task;
            }
            return may;
        }
    }

    private static void unclaim(WorkMember member) {
        synchronized (BOARD) {
            member.reclaimedBy = null;
            BOARD.notifyAll();
        }
    }

    /** Whether others wait for the task's end, or for memory before anybody begins something new. */
    boolean awaited(WorkTask task) {
        synchronized (BOARD) {
            return BOARD.awaited(task, true) || BOARD.memberAwaited(task);
        }
    }

    /** Whether others are at work with the budget now. */
    boolean othersAtWork(WorkTask task) {
        synchronized (BOARD) {
            return !BOARD.othersAtWork(task).isEmpty();
        }
    }

    /** The most that a member can hold beside what no member can ever give back; what others hold of that is not theirs for ever. */
    long withinReach() {
        return budget.limit() - members.stream().mapToLong(member -> member.reclaimer().fixed()).sum();
    }

    /** Bytes that members which are not at work hold idle, {@code except} left out: who needs them has them without waiting. */
    public long idleBeside(WorkMember except) {
        long idle = 0;
        for (WorkMember member : members) {
            boolean resting;
            synchronized (BOARD) {
                resting = member != except && BOARD.resting(member);
            }
            idle += resting ? member.reclaimer().idle() : 0;
        }
        return idle;
    }

    long left() {
        return budget.left();
    }

    /** Who waits now, the oldest first. */
    List<MemoryReport.Wait> waits() {
        synchronized (BOARD) {
            long now = System.nanoTime();
            List<MemoryReport.Wait> waits = new ArrayList<>();
            for (WorkTask task : BOARD.waiting(this)) {
                waits.add(new MemoryReport.Wait(task.toString(), task.age(), task.want.title(), task.lacking, (now - task.since) * 1e-9));
            }
            return waits;
        }
    }

    /** The calling thread has taken memory. */
    void taken(long bytes) {
        synchronized (BOARD) {
            BOARD.taken(Thread.currentThread(), bytes);
            BOARD.notifyAll();
        }
    }

    /** Something came back outside of a turn. */
    void changed() {
        synchronized (BOARD) {
            if (!BOARD.isEmpty()) {
                BOARD.notifyAll();
            }
        }
    }

    private boolean await(WorkTask task, Want want, long lacking) {
        synchronized (BOARD) {
            BOARD.want(task, want, lacking, System.nanoTime());
            if (!BOARD.mayGoOn(task)) {
                MemoryEvents.Wait event = new MemoryEvents.Wait();
                event.begin();
                if (want.goesFirst()) {
                    budget.add(MemoryCounter.WAIT);
                }
                BOARD.notifyAll();    // who waits with its memory may have to be refused now
                boolean interrupted = false;
                while (!task.refused && !BOARD.mayGoOn(task) && !(want == Want.MEMBER && task.member().left)) {
                    refuse(BOARD.victim(task));
                    if (!task.refused) {
                        interrupted |= pause();
                    }
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                event.holder = task.toString();
                event.wanted = want.title();
                event.lacking = lacking;
                event.age = task.age();
                event.refused = task.refused;
                event.commit();
            }
            if (task.refused) {
                task.refused = false;
                task.want = null;
                BOARD.notifyAll();
                return false;
            }
            BOARD.grant(task);
            return true;
        }
    }

    private static void refuse(WorkTask victim) {
        if (victim != null) {
            victim.refused = true;
            victim.turns().budget.add(MemoryCounter.REFUSAL);
            BOARD.notifyAll();
        }
    }

    /** Waits for a change; says whether the thread was interrupted, which ends no wait. */
    private static boolean pause() {
        try {
            BOARD.wait();
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }
}
