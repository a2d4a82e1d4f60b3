package dev.parasol.memory;

/** The best placement known so far, and which heights are known to be impossible, shared by those who search. Thread-safe. */
final class Incumbent {
    private final PlacementProblem problem;
    private final long deadline;
    private long[] offsets;
    private long height;
    private long possible;
    private volatile boolean done;

    /** @param deadline in the terms of {@link System#nanoTime} */
    Incumbent(PlacementProblem problem, long[] offsets, long deadline) {
        this.problem = problem;
        this.deadline = deadline;
        this.offsets = offsets;
        this.height = problem.height(offsets);
        this.possible = problem.lowerBound();
        this.done = height == possible;
    }

    /** Whether there is nothing left to do, or no time left to do it in, or the calling thread was interrupted. */
    boolean done() {
        return done || System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted();
    }

    synchronized void offer(long[] candidate) {
        long candidateHeight = problem.height(candidate);
        if (candidateHeight < height) {
            offsets = candidate;
            height = candidateHeight;
            done |= height <= possible;
        }
    }

    /** Notes that no placement has that height or less. */
    synchronized void refute(long impossible) {
        possible = Math.max(possible, impossible + 1);
        done |= height <= possible;
    }

    /** The least height that was not refuted. */
    synchronized long possible() {
        return possible;
    }

    synchronized long height() {
        return height;
    }

    synchronized long[] offsets() {
        return offsets;
    }

    synchronized boolean optimal() {
        return height <= possible;
    }

    /** Stops everybody. */
    void stop() {
        done = true;
    }
}
