package dev.parasol.pipeline;

import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryLadder;
import dev.parasol.memory.WorkMember;
import dev.parasol.memory.WorkTask;
import java.util.function.Supplier;

/**
 * Loading a model in turn with those who share its budget: it has the memory that they hold idle, and waits for what they
 * are working with.
 */
final class ModelLoad<M> implements MemoryLadder.Attempt {
    private final long bytes;
    private final Supplier<M> load;
    private M model;

    private ModelLoad(long bytes, Supplier<M> load) {
        this.bytes = bytes;
        this.load = load;
    }

    /**
     * The loaded model.
     *
     * @param bytes what the load needs of the budget
     * @throws RuntimeException what {@code load} ended with, when there was too little memory whatever was tried
     */
    static <M> M inTurn(Budget budget, WorkMember member, long bytes, Supplier<M> load) {
        ModelLoad<M> loading = new ModelLoad<>(bytes, load);
        try (WorkTask task = budget.turns().begin(member, "loading")) {
            climb(new MemoryLadder(budget), task, loading);
        }
        return loading.model;
    }

    /** Tries what cannot be divided, and throws what it ended with when it failed. */
    static void climb(MemoryLadder ladder, WorkTask task, MemoryLadder.Attempt attempt) {
        RuntimeException failure = ladder.climb(task, attempt);
        if (failure != null) {
            ladder.givenUp(task);
            throw failure;
        }
    }

    /** Closes what was opened before {@code failure}, which stays what is told. */
    static void closeAfter(RuntimeException failure, AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public long lacking() {
        return bytes;
    }

    @Override
    public boolean divisible() {
        return false;
    }

    @Override
    public void run() {
        model = load.get();
    }
}
