package dev.parasol.memory;

import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Searches for tighter placements beside the work, one after the other on a single daemon thread, which exists only while
 * there is something to search for. Thread-safe.
 */
public final class PlacementSearch implements AutoCloseable {
    private static final long IDLE_MILLIS = 100;
    private static final long CLOSING_SECONDS = 10;

    private final double seconds;
    private final ThreadPoolExecutor thread;
    /** The one made last; there is never more than one. */
    private volatile Thread searcher;

    /** @param seconds about how long one search may take */
    public PlacementSearch(double seconds) {
        this.seconds = seconds;
        this.thread = new ThreadPoolExecutor(1, 1, IDLE_MILLIS, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), this::newThread);
        thread.allowCoreThreadTimeOut(true);
    }

    private Thread newThread(Runnable work) {
        searcher = new Thread(null, work, "parasol-placement-search", PlacementSolver.STACK_BYTES);
        searcher.setDaemon(true);
        searcher.setPriority(Thread.MIN_PRIORITY);
        return searcher;
    }

    /**
     * Searches for a placement below {@code known} some time soon. One that is the least possible is not searched for.
     *
     * @param better takes the placement on the searching thread; not called when nothing lower was found
     * @return cancel it, with interruption, when nobody wants the placement any more
     * @throws java.util.concurrent.RejectedExecutionException after {@link #close}
     */
    public Future<?> submit(List<ActivationPlanner.Lifetime> lifetimes, Placement known, Consumer<Placement> better) {
        return thread.submit(() -> {
            try {
                Placement found = ActivationPlanner.searchHere(lifetimes, seconds);
                if (found.peakBytes() < known.peakBytes()) {
                    better.accept(found);
                }
            } catch (RuntimeException | Error e) {
                // Nobody waits for the answer: a defect shows like that of any thread.
                Thread.currentThread().getUncaughtExceptionHandler().uncaughtException(Thread.currentThread(), e);
            }
        });
    }

    /** Searches that are running or waiting. */
    public int pending() {
        return thread.getActiveCount() + thread.getQueue().size();
    }

    /** Gives all searches up and waits for the thread to end. Idempotent. */
    @Override
    public void close() {
        thread.shutdownNow();
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSING_SECONDS);
        // The pool counts itself as terminated a moment before its thread has ended: the thread itself is waited for.
        while (searcher != null && searcher.isAlive() && System.nanoTime() < deadline) {
            try {
                searcher.join(TimeUnit.SECONDS.toMillis(CLOSING_SECONDS));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
