package dev.parasol.memory;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;

/**
 * How those who share a budget keep out of each other's way. Any number of them work side by side; one that finds too
 * little memory waits until those that are at work have finished, has their idle memory given back, and works alone.
 *
 * <p>Turns come in the order in which they are asked for, and nobody waits for a turn while having one, so all waiting
 * ends. Thread-safe.
 */
public final class WorkTurns {
    private final ReentrantReadWriteLock turns = new ReentrantReadWriteLock(true);
    private final Set<Runnable> members = ConcurrentHashMap.newKeySet();

    WorkTurns() {
    }

    /**
     * Makes a holder of idle memory known.
     *
     * @param giveBack gives the memory back; called on any thread, but never while the member has a turn of its own
     */
    public void join(Runnable giveBack) {
        members.add(giveBack);
    }

    /** Undoes {@link #join}; after that {@code giveBack} is not called any more. */
    public void leave(Runnable giveBack) {
        beside(() -> members.remove(giveBack));
    }

    /** Does {@code work} while others may be working, and returns its answer. */
    public boolean beside(BooleanSupplier work) {
        return locked(turns.readLock(), work);
    }

    /**
     * Does {@code work} while nobody else works, after all others gave back what is idle, and returns its answer.
     *
     * @param own what the caller joined with; not called
     */
    public boolean alone(Runnable own, BooleanSupplier work) {
        return locked(turns.writeLock(), () -> {
            members.stream().filter(member -> member != own).forEach(Runnable::run);
            return work.getAsBoolean();
        });
    }

    private static boolean locked(Lock lock, BooleanSupplier work) {
        lock.lock();
        try {
            return work.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }
}
