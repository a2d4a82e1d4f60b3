package dev.parasol.model;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemorySystem;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.Progress;

/** A device with a model on it. */
final class TestDevice implements AutoCloseable {
    private final CudaContext context;
    private final MemorySystem memory;
    private final Paraformer model;

    TestDevice(String folder, Precision precision) {
        context = CudaContext.open(DeviceSpec.select(null));
        memory = new MemorySystem(context, Budget.of(context));
        model = Paraformer.load(context, memory, ModelFolder.open(folder), precision, Progress.NONE);
    }

    CudaContext context() {
        return context;
    }

    MemorySystem memory() {
        return memory;
    }

    Paraformer model() {
        return model;
    }

    @Override
    public void close() {
        try (context; memory; model) {
            // closed from right to left
        }
    }
}
