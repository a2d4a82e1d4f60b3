package dev.parasol.memory;

import dev.parasol.memory.WorkTask.Want;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Threads that climb the memory ladder on a {@link TurnBoard}, one step of one of them at a time, in an order that the test
 * chooses. What a member took stays with it when its turn is over, as a slab does, until others take it back.
 */
final class TurnSimulation {
    /** Work of a member that needs {@code bytes}; in the middle of it {@code inner} is done, if it is not null. */
    record Job(int member, long bytes, Job inner) {
        long most() {
            return bytes + (inner == null ? 0 : inner.most());
        }
    }

    private enum Phase {
        BEGIN, ENTER, WORK, INNER, EXIT, END
    }

    private final class Frame {
        final Job job;
        WorkTask task;
        Phase phase = Phase.BEGIN;
        Want rung = Want.BESIDE;
        boolean done;
        boolean refused;

        Frame(Job job) {
            this.job = job;
        }
    }

    private final class Actor {
        final Deque<Job> jobs;
        final Deque<Frame> frames = new ArrayDeque<>();

        Actor(List<Job> jobs) {
            this.jobs = new ArrayDeque<>(jobs);
        }
    }

    private final TurnBoard board = new TurnBoard();
    private final Budget budget;
    private final List<WorkMember> members = new ArrayList<>();
    private final List<Actor> actors = new ArrayList<>();
    private final long[] held;
    private int refusals;

    TurnSimulation(long limit, int memberCount, List<List<Job>> programs) {
        budget = Budget.ofBytes(limit);
        for (int i = 0; i < memberCount; i++) {
            members.add(new WorkMember("m" + i));
        }
        held = new long[memberCount];
        programs.forEach(jobs -> actors.add(new Actor(jobs)));
    }

    int actors() {
        return actors.size();
    }

    int refusals() {
        return refusals;
    }

    boolean finished() {
        return actors.stream().allMatch(actor -> actor.frames.isEmpty() && actor.jobs.isEmpty());
    }

    /** Whether the actor has something to do that is not waiting. */
    boolean runnable(int index) {
        Actor actor = actors.get(index);
        if (actor.frames.isEmpty()) {
            return !actor.jobs.isEmpty();
        }
        WorkTask task = actor.frames.peek().task;
        return task == null || task.want == null || task.refused || board.mayGoOn(task);
    }

    /** Whoever waits and would have to be refused for the others' sake is refused, as its monitor does it. */
    void refuseTheStuck() {
        for (Actor actor : actors) {
            WorkTask task = actor.frames.isEmpty() ? null : actor.frames.peek().task;
            if (task != null && task.want != null) {
                WorkTask victim = board.victim(task);
                if (victim != null) {
                    check(victim.nested(), victim + " is refused though it holds nothing up");
                    victim.refused = true;
                    refusals++;
                }
            }
        }
    }

    /** One step of the actor, and then the rules. */
    void step(int index) {
        Actor actor = actors.get(index);
        if (actor.frames.isEmpty()) {
            actor.frames.push(new Frame(actor.jobs.pop()));
        }
        Frame frame = actor.frames.peek();
        switch (frame.phase) {
            case BEGIN -> begin(actor, frame);
            case ENTER -> enter(frame);
            case WORK -> work(frame);
            case INNER -> {
                frame.phase = Phase.EXIT;
                actor.frames.push(new Frame(frame.job.inner));
            }
            case EXIT -> exit(frame);
            case END -> {
                board.end(frame.task);
                actor.frames.pop();
            }
        }
        rules();
    }

    private void begin(Actor actor, Frame frame) {
        if (frame.task == null) {
            frame.task = board.begin(budget.turns(), members.get(frame.job.member), "work", actor);
            board.want(frame.task, Want.MEMBER, 0, 0);
        } else if (granted(frame)) {
            frame.phase = Phase.ENTER;
        } else {
            frame.phase = Phase.END;
        }
    }

    private void enter(Frame frame) {
        if (frame.task.want == null) {
            board.want(frame.task, frame.rung, Math.max(0, frame.job.bytes - held[frame.job.member]), 0);
        } else if (granted(frame)) {
            frame.phase = Phase.WORK;
        } else {
            frame.phase = Phase.END;
        }
    }

    private boolean granted(Frame frame) {
        if (frame.task.refused) {
            frame.task.refused = false;
            frame.task.want = null;
            frame.refused = true;
            return false;
        }
        board.grant(frame.task);
        return true;
    }

    private void work(Frame frame) {
        int own = frame.job.member;
        if (frame.job.bytes - held[own] > budget.left()) {
            for (int i = 0; i < held.length; i++) {
                if (i != own && board.mayReclaim(frame.task, members.get(i), frame.rung == Want.ALONE)) {
                    giveBack(i);
                }
            }
        }
        frame.done = frame.job.bytes <= held[own] || budget.tryReserve(frame.job.bytes - held[own]);
        if (frame.done) {
            board.taken(frame.task.owner(), Math.max(0, frame.job.bytes - held[own]));
            held[own] = Math.max(held[own], frame.job.bytes);
        } else {
            check(frame.rung != Want.ALONE || frame.job.bytes > budget.limit() || frame.task.nested(), frame.task + " was given up though it fits");
        }
        frame.phase = frame.done && frame.job.inner != null ? Phase.INNER : Phase.EXIT;
    }

    private void exit(Frame frame) {
        if (board.awaited(frame.task, frame.done)) {
            giveBack(frame.job.member);
        }
        boolean others = !board.othersAtWork(frame.task).isEmpty();
        if (frame.done || frame.rung == Want.ALONE) {
            board.exit(frame.task, null, 0, 0);
            frame.phase = Phase.END;
        } else {
            frame.rung = frame.rung == Want.BESIDE && others ? Want.MEMORY : Want.ALONE;
            frame.phase = Phase.ENTER;
            board.exit(frame.task, frame.rung, Math.max(0, frame.job.bytes - held[frame.job.member]), 0);
        }
    }

    private void giveBack(int member) {
        budget.release(held[member]);
        held[member] = 0;
    }

    /** What must hold after every step. */
    private void rules() {
        check(budget.used() <= budget.limit(), "more is held than allowed");
        List<WorkTask> working = new ArrayList<>();
        List<WorkTask> occupying = new ArrayList<>();
        for (Actor actor : actors) {
            for (Frame frame : actor.frames) {
                if (frame.task != null && frame.task.turn != null) {
                    working.add(frame.task);
                }
                if (frame.task != null && frame.task.occupies) {
                    check(occupying.stream().noneMatch(other -> other.member() == frame.task.member()), "two tasks of one member");
                    occupying.add(frame.task);
                }
            }
        }
        for (WorkTask task : working) {
            check(task.turn != Want.ALONE || working.stream().allMatch(other -> other.owner() == task.owner()), "somebody works beside one that is alone");
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** Everything that the future depends on. */
    String state() {
        StringBuilder text = new StringBuilder();
        for (long bytes : held) {
            text.append(bytes).append(',');
        }
        List<Long> ages = actors.stream().flatMap(actor -> actor.frames.stream()).filter(frame -> frame.task != null).map(frame -> frame.task.age())
                .distinct().sorted().toList();
        for (Actor actor : actors) {
            text.append('|').append(actor.jobs.size());
            for (Frame frame : actor.frames) {
                text.append(' ').append(frame.phase).append(frame.rung).append(frame.done).append(frame.refused);
                if (frame.task != null) {
                    text.append(ages.indexOf(frame.task.age())).append(frame.task.want).append(frame.task.lacking).append(frame.task.turn).append(frame.task.promised)
                            .append(frame.task.refused);
                }
            }
        }
        return text.toString();
    }
}
