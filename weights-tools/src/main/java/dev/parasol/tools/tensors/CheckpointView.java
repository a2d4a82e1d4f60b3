package dev.parasol.tools.tensors;

import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.TensorInfo;
import java.util.Map;
import java.util.Set;

/** A checkpoint made of another one, which it shows as it is but for what is overridden, and closes. */
public abstract class CheckpointView implements Checkpoint {
    protected final Checkpoint source;

    /** @param source becomes this checkpoint's */
    protected CheckpointView(Checkpoint source) {
        this.source = source;
    }

    @Override
    public Set<String> names() {
        return source.names();
    }

    @Override
    public TensorInfo info(String name) {
        return source.info(name);
    }

    @Override
    public Map<String, String> metadata() {
        return source.metadata();
    }

    @Override
    public String source() {
        return source.source();
    }

    @Override
    public void close() {
        source.close();
    }
}
