package dev.parasol.tools.run;

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

/** A device on which variants of a model are loaded one after another. Not thread-safe. */
public final class Bench implements AutoCloseable {
    private final CudaContext context;
    private final MemorySystem memory;

    private Bench(CudaContext context, MemorySystem memory) {
        this.context = context;
        this.memory = memory;
    }

    /** Opens a device. */
    public static Bench open(DeviceSpec device) {
        CudaContext context = CudaContext.open(device);
        try {
            return new Bench(context, new MemorySystem(context, Budget.of(context)));
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    /** Loads a variant; the one before must have been closed. */
    public Variant load(ModelFolder folder, LayerMask layers, Precision precision) {
        return new Variant(Paraformer.load(context, memory, folder, layers, precision, Progress.NONE));
    }

    /**
     * Loads a variant with a scheme for each linear layer.
     *
     * @param schemes null for those that the checkpoint has, fp16 where it is not quantized
     */
    public Variant load(ModelFolder folder, LayerMask layers, LinearSchemes schemes) {
        return new Variant(Paraformer.load(context, memory, folder, layers, schemes, Progress.NONE));
    }

    /** Bytes of the loaded variant's weights on the device. */
    public long weightBytes() {
        return memory.weights().used();
    }

    /** Bytes of the slab, which activations lie in, as last used. */
    public long slabBytes() {
        return memory.slab(0).used();
    }

    /** The device. */
    public DeviceSpec device() {
        return context.spec();
    }

    @Override
    public void close() {
        try (context; memory) {
            // closed from right to left
        }
    }
}
