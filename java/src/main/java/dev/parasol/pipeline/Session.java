package dev.parasol.pipeline;

import dev.parasol.cuda.CudaContext;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemorySystem;
import dev.parasol.model.Paraformer;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayDeque;
import java.util.Deque;

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
        ModelFolder folder = settings.folder();
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            CudaContext context = CudaContext.open(settings.deviceSpec());
            opened.push(context);
            Budget budget = settings.budget(context);
            MemorySystem memory = new MemorySystem(context, budget);
            opened.push(memory);
            Paraformer model = Paraformer.load(context, memory, folder, settings.layerMask(), settings.precision(), settings.loadProgress());
            return new Session(context, budget, memory, model);
        } catch (RuntimeException e) {
            opened.forEach(resource -> closeAfter(e, resource));
            throw e;
        }
    }

    private static void closeAfter(RuntimeException failure, AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            failure.addSuppressed(e);
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
