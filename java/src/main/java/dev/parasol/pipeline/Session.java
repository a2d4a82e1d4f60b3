package dev.parasol.pipeline;

import dev.parasol.cuda.CudaContext;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemorySystem;
import dev.parasol.model.Paraformer;

/** What a recognizer holds of a device, made together and closed together, the last first. */
final class Session implements AutoCloseable {
    private final CudaContext context;
    private final Budget budget;
    private final MemorySystem memory;
    private final Paraformer model;

    private Session(CudaContext context, Budget budget, MemorySystem memory, Paraformer model) {
        this.context = context;
        this.budget = budget;
        this.memory = memory;
        this.model = model;
    }

    /** Opens the device and loads the model; nothing stays behind when that fails. */
    static Session open(Recognizer.Builder settings) {
        CudaContext context = CudaContext.open(settings.deviceSpec());
        try {
            Budget budget = settings.budget(context);
            MemorySystem memory = new MemorySystem(context, budget);
            try {
                Paraformer model = Paraformer.load(context, memory, settings.folder(), settings.precision(), settings.loadProgress());
                return new Session(context, budget, memory, model);
            } catch (RuntimeException e) {
                memory.close();
                throw e;
            }
        } catch (RuntimeException e) {
            context.close();
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

    Paraformer model() {
        return model;
    }

    /** Closes everything, whatever fails on the way; the first failure is thrown in the end. */
    @Override
    public void close() {
        try (context; memory; model) {
            // closed from right to left
        }
    }
}
