package dev.parasol.pipeline;

import dev.parasol.cuda.CudaContext;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemorySystem;
import dev.parasol.memory.WorkMember;
import dev.parasol.memory.WorkTask;
import dev.parasol.model.DeviceModel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.ToLongFunction;

/** What a model and its user hold of a device, made together and closed together, the last first. */
final class Session<M extends DeviceModel> implements AutoCloseable {
    private final CudaContext context;
    private final Budget budget;
    private final MemorySystem memory;
    private final WorkMember member;
    private final M model;
    private boolean closed;

    /** Puts a model on a device. */
    @FunctionalInterface
    interface Loader<M> {
        M load(CudaContext context, MemorySystem memory);
    }

    private Session(CudaContext context, Budget budget, MemorySystem memory, WorkMember member, M model) {
        this.context = context;
        this.budget = budget;
        this.memory = memory;
        this.member = member;
        this.model = model;
    }

    /**
     * Opens the device and loads the model, which takes its turn with those who share the budget: it has the memory that
     * they hold idle, and waits for what they are working with. Nothing stays behind when that fails.
     *
     * @param owner whose memory it is in reports; empty where that is clear
     * @param name of the member of the budget
     * @param bytesToLoad what loading needs of the budget
     */
    static <M extends DeviceModel> Session<M> open(ModelBuilder<?> settings, String owner, String name, ToLongFunction<MemorySystem> bytesToLoad, Loader<M> loader) {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            CudaContext context = CudaContext.open(settings.deviceSpec());
            opened.push(context);
            Budget budget = settings.budget(context);
            MemorySystem memory = new MemorySystem(context, budget, owner);
            opened.push(memory);
            WorkMember member = budget.turns().join(name);
            opened.push(() -> budget.turns().leave(member));
            M model = ModelLoad.inTurn(budget, member, bytesToLoad.applyAsLong(memory), () -> loader.load(context, memory));
            return new Session<>(context, budget, memory, member, model);
        } catch (RuntimeException e) {
            opened.forEach(resource -> ModelLoad.closeAfter(e, resource));
            throw e;
        }
    }

    CudaContext context() {
        return context;
    }

    Budget budget() {
        return budget;
    }

    MemorySystem memory() {
        return memory;
    }

    /** The model's user among those who share the budget. */
    WorkMember member() {
        return member;
    }

    M model() {
        return model;
    }

    /** Waits for the work that is running, then closes everything as {@link #close} does. Idempotent. */
    synchronized void closeInTurn() {
        if (!closed) {
            WorkTask closing = budget.turns().begin(member, "closing");
            try {
                close();
            } finally {
                closing.close();
            }
        }
    }

    /** Closes everything, whatever fails on the way; the first failure is thrown in the end. Nothing may be running. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        budget.turns().leave(member);
        try (context; memory; model) {
            // closed from right to left
        }
    }
}
