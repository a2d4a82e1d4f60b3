package dev.parasol.memory;

import dev.parasol.memory.WorkTask.Want;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who works and who waits: the rules of {@link WorkTurns}, without threads. There is one board for all budgets of the
 * process, since a thread that has a turn with one may ask for a turn with another.
 *
 * <p>The rules, for tasks of the same budget:
 * <ol>
 * <li>A member has one task at a time; the oldest that waits for it is next.</li>
 * <li>Any number of tasks work beside each other, or one alone.</li>
 * <li>While a task waits for memory, or to be alone, or has not taken yet what it waited for, none that is younger begins; so those at work come to their ends and it
 * gets what they give back. One that waits for memory begins when what it lacks is there, and at the latest when nobody
 * works any more.</li>
 * <li>A member whose memory is being taken back does not begin.</li>
 * <li>A task in the middle of another one of its thread has that one's age, and neither waits for its turn to be over nor
 * for those who do.</li>
 * </ol>
 * So nobody waits for a younger one but for its running to an end, and the oldest one is always served, unless threads
 * wait in the middle of a task. Those may wait for each other; {@link #victim} finds them.
 *
 * <p>Not thread-safe: the monitor of the board guards it.
 */
final class TurnBoard {
    private final List<WorkTask> tasks = new ArrayList<>();
    private long nextAge = 1;

    /** A task's first request: it wants its member. */
    WorkTask begin(WorkTurns turns, WorkMember member, String name, Object owner) {
        WorkTask outer = tasks.stream().filter(task -> task.owner() == owner).findFirst().orElse(null);
        WorkTask task = new WorkTask(turns, member, name, owner, outer != null ? outer.age() : nextAge++, outer != null);
        tasks.add(task);
        return task;
    }

    void end(WorkTask task) {
        tasks.remove(task);
    }

    void want(WorkTask task, Want want, long lacking, long now) {
        task.want = want;
        task.lacking = lacking;
        task.since = now;
    }

    /** What it wants is its own from now on. */
    void grant(WorkTask task) {
        if (task.want == Want.MEMBER) {
            task.occupies = true;
        } else {
            task.turn = task.want == Want.ALONE ? Want.ALONE : Want.BESIDE;
            task.promised = task.want == Want.MEMORY ? task.lacking : 0;
        }
        task.want = null;
    }

    /** A turn is over; {@code next} is what the task waits for from now on, or null. */
    void exit(WorkTask task, Want next, long lacking, long now) {
        task.turn = null;
        task.promised = 0;
        want(task, next, lacking, now);
    }

    /** Whoever {@code owner} works for has taken memory. */
    void taken(Object owner, long bytes) {
        for (WorkTask task : tasks) {
            if (task.owner() == owner) {
                task.promised = Math.max(0, task.promised - bytes);
            }
        }
    }

    /** Whether a task that waits may go on. */
    boolean mayGoOn(WorkTask task) {
        Want want = task.want == Want.MEMORY && task.turns().left() >= task.lacking ? Want.BESIDE : task.want;
        return tasks.stream().noneMatch(other -> blocks(other, task, want));
    }

    private static boolean blocks(WorkTask other, WorkTask task, Want want) {
        if (other == task || other.turns() != task.turns()) {
            return false;
        }
        if (want == Want.MEMBER) {
            return other.member() == task.member() && (other.occupies || other.want == Want.MEMBER && other.age() < task.age());
        }
        if (other.owner() == task.owner()) {
            return false;
        }
        boolean before = !task.nested() && other.goesFirst() && other.age() < task.age();
        return before || other.turn == Want.ALONE || task.member().reclaimedBy == other || want != Want.BESIDE && other.turn != null;
    }

    /** Those who are at work with this budget, {@code task} and its thread's other ones left out. */
    List<WorkTask> othersAtWork(WorkTask task) {
        return tasks.stream().filter(other -> other.turns() == task.turns() && other.owner() != task.owner() && other.turn != null).toList();
    }

    /** Whether somebody waits for memory that {@code task} may have: anybody, or else only one that is older. */
    boolean awaited(WorkTask task, boolean anybody) {
        return tasks.stream().anyMatch(other -> other.turns() == task.turns() && other.owner() != task.owner() && other.want != null
                && other.want.goesFirst() && (anybody || other.age() < task.age()));
    }

    /** Whether somebody waits for the member that {@code task} has. */
    boolean memberAwaited(WorkTask task) {
        return tasks.stream().anyMatch(other -> other != task && other.member() == task.member() && other.want == Want.MEMBER);
    }

    /** Whether a member's memory may be taken back for {@code task}: nobody uses it, and, unless {@code all}, no older one waits with it. */
    boolean mayReclaim(WorkTask task, WorkMember member, boolean all) {
        return member.reclaimedBy == null && tasks.stream().noneMatch(other -> other.member() == member && other != task
                && (other.turn != null || !all && other.occupies && other.age() < task.age()));
    }

    /** Whether nobody uses what a member holds. */
    boolean resting(WorkMember member) {
        return tasks.stream().noneMatch(task -> task.member() == member && task.turn != null);
    }

    /** All who wait with this budget, oldest first. */
    List<WorkTask> waiting(WorkTurns turns) {
        return tasks.stream().filter(task -> task.turns() == turns && task.want != null).sorted(Comparator.comparingLong(WorkTask::age)).toList();
    }

    /**
     * Whom to refuse what it waits for, so that the others go on, when all that {@code task} waits for wait for each other:
     * the youngest of those that are in the middle of another task and hold what the others want. There is one, since those
     * that are not wait for older ones only, and for work to end. Null while one of them can still go on.
     */
    WorkTask victim(WorkTask task) {
        Set<WorkTask> found = new LinkedHashSet<>(List.of(task));
        Deque<WorkTask> open = new ArrayDeque<>(found);
        while (!open.isEmpty()) {
            WorkTask next = open.pop();
            if (next.refused || mayGoOn(next)) {
                return null;
            }
            for (WorkTask other : tasks) {
                if (blocks(other, next, next.want)) {
                    WorkTask stuck = waiting(other.owner());
                    if (stuck == null) {
                        return null;
                    }
                    if (found.add(stuck)) {
                        open.push(stuck);
                    }
                }
            }
        }
        return found.stream().filter(WorkTask::nested).max(Comparator.comparingLong(WorkTask::age)).orElseThrow();
    }

    private WorkTask waiting(Object owner) {
        return tasks.stream().filter(task -> task.owner() == owner && task.want != null).findFirst().orElse(null);
    }

    boolean isEmpty() {
        return tasks.isEmpty();
    }
}
