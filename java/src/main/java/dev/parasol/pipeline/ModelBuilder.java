package dev.parasol.pipeline;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryLimit;
import dev.parasol.weights.Progress;
import java.util.Objects;

/**
 * Settings that all models on a device have in common. Not thread-safe.
 *
 * @param <B> the builder itself
 */
abstract class ModelBuilder<B extends ModelBuilder<B>> {
    private String model;
    private String device;
    private MemoryLimit memoryLimit;
    private Budget budget;
    private Progress progress = Progress.NONE;

    ModelBuilder() {}

    abstract B self();

    /** The model's folder. */
    public B model(String folder) {
        model = Objects.requireNonNull(folder);
        return self();
    }

    /** {@code cuda:N} or {@code soft:N}; null lets {@code PARASOL_DEVICE} or else the machine decide, which is the default. */
    public B device(String spec) {
        device = spec;
        return self();
    }

    /**
     * The most device memory that may be held, weights included. Without it the device is the limit. For several with one limit,
     * see {@link #budget}.
     */
    public B memoryLimit(MemoryLimit limit) {
        memoryLimit = Objects.requireNonNull(limit);
        return self();
    }

    /** {@link #memoryLimit(MemoryLimit)} of a size such as {@code 1GiB} or a share of the device such as {@code 50%}. */
    public B memoryLimit(String limit) {
        return memoryLimit(MemoryLimit.parse(limit));
    }

    /** {@link #memoryLimit(MemoryLimit)} in bytes. */
    public B memoryLimit(long bytes) {
        return memoryLimit(Long.toString(bytes));
    }

    /**
     * A budget that is shared with others, such as {@code Budget.of("50%")}; takes the place of {@link #memoryLimit}.
     * Those who share one give each other what they hold idle and wait for each other, the oldest request first.
     * Those without limit and budget share one for each device.
     */
    public B budget(Budget shared) {
        budget = Objects.requireNonNull(shared);
        return self();
    }

    /** Is told of the progress of loading. */
    public B progress(Progress listener) {
        progress = Objects.requireNonNull(listener);
        return self();
    }

    /**
     * The model that was set.
     *
     * @param needing who needs one, such as {@code a detector}
     */
    String modelFor(String needing) {
        if (model == null) {
            throw new IllegalStateException(needing + " needs a model");
        }
        return model;
    }

    DeviceSpec deviceSpec() {
        return DeviceSpec.select(device);
    }

    Budget budget(CudaContext context) {
        if (budget != null) {
            return budget;
        }
        return memoryLimit == null ? Budget.of(context) : Budget.of(memoryLimit);
    }

    Progress loadProgress() {
        return progress;
    }
}
