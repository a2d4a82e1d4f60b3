package dev.parasol.pipeline;

import dev.parasol.cuda.CudaContext;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemorySystem;
import dev.parasol.memory.WorkMember;
import dev.parasol.model.Paraformer;
import dev.parasol.weights.Extras;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a recognizer holds of a device, made together and closed together, the last first. */
final class Session implements AutoCloseable {
    private final CudaContext context;
    private final Budget budget;
    private final MemorySystem memory;
    private final WorkMember member;
    private final Paraformer model;

    private Session(CudaContext context, Budget budget, MemorySystem memory, WorkMember member, Paraformer model) {
        this.context = context;
        this.budget = budget;
        this.memory = memory;
        this.member = member;
        this.model = model;
    }

    /**
     * Opens the device and loads the model, which takes its turn with those who share the budget: it has the memory that
     * they hold idle, and waits for what they are working with. Nothing stays behind when that fails.
     */
    static Session open(Recognizer.Builder settings) {
        ModelFolder folder = settings.folder();
        Extras extras = settings.extras(folder);
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            CudaContext context = CudaContext.open(settings.deviceSpec());
            opened.push(context);
            Budget budget = settings.budget(context);
            MemorySystem memory = new MemorySystem(context, budget, folder.shortName());
            opened.push(memory);
            WorkMember member = budget.turns().join("recognizer of " + folder.name());
            opened.push(() -> budget.turns().leave(member));
            Paraformer model = ModelLoad.inTurn(budget, member, Paraformer.bytesToLoad(memory, folder, settings.layerMask(), settings.schemes(), extras),
                    () -> Paraformer.load(context, memory, folder, settings.layerMask(), settings.schemes(), extras, settings.loadProgress()));
            return new Session(context, budget, memory, member, model);
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

    /** The recognizer among those who share the budget. */
    WorkMember member() {
        return member;
    }

    Paraformer model() {
        return model;
    }

    /** Closes everything, whatever fails on the way; the first failure is thrown in the end. */
    @Override
    public void close() {
        budget.turns().leave(member);
        try (context; memory; model) {
            // closed from right to left
        }
    }
}
