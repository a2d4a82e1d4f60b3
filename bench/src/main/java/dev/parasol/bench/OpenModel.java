package dev.parasol.bench;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemorySystem;
import dev.parasol.model.Paraformer;
import dev.parasol.model.Precision;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.Progress;

/** A device with a model on it and memory of its own account. */
public final class OpenModel implements AutoCloseable {
    private final CudaContext context;
    private final MemorySystem memory;
    private final Paraformer model;

    /** @param name a model folder or a synthetic model */
    public OpenModel(DeviceSpec device, String name, Precision precision) {
        this(device, name, precision.schemes());
    }

    /** @param schemes null for what the model is quantized to */
    public OpenModel(DeviceSpec device, String name, LinearSchemes schemes) {
        ModelFolder folder = ModelFolder.open(name);
        context = CudaContext.open(device);
        memory = new MemorySystem(context, Budget.ofBytes(Long.MAX_VALUE));
        try {
            model = Paraformer.load(context, memory, folder, LayerMask.ALL, schemes, Progress.NONE);
        } catch (RuntimeException e) {
            try (context; memory) {
                throw e;
            }
        }
    }

    public CudaContext context() {
        return context;
    }

    public MemorySystem memory() {
        return memory;
    }

    public Paraformer model() {
        return model;
    }

    @Override
    public void close() {
        try (context; memory; model) {
            // closed from right to left
        }
    }
}
