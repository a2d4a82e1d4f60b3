package dev.parasol.model;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemorySystem;
import dev.parasol.weights.Extras;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.Progress;

/** A device with a model on it. */
final class TestDevice implements AutoCloseable {
    private final CudaContext context;
    private final MemorySystem memory;
    private final Paraformer model;

    TestDevice(String folder, Precision precision) {
        this(folder, precision, false);
    }

    TestDevice(String folder, Precision precision, boolean timestamps) {
        this(folder, precision, ModelFolder.open(folder).extras(timestamps));
    }

    TestDevice(String folder, Precision precision, Extras extras) {
        ModelFolder model = ModelFolder.open(folder);
        context = CudaContext.open(DeviceSpec.select(null));
        memory = new MemorySystem(context, Budget.of(context));
        this.model = Paraformer.load(context, memory, model, LayerMask.ALL, precision.schemes(), extras, Progress.NONE);
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
