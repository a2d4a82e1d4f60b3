package dev.parasol.tools.synth;

import dev.parasol.cuda.DataType;
import dev.parasol.tools.tensors.CheckpointView;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A synthetic checkpoint with the decoder's token embedding, which FunASR needs in training and has in every model.pt, and which no
 * recognition reads. Numbers are made as they are asked for. Not thread-safe.
 */
final class WithEmbedding extends CheckpointView {
    static final String NAME = "decoder.embed.0.weight";

    private final TensorInfo info;
    private final long seed;

    WithEmbedding(Checkpoint source, int vocabulary, int width, long seed) {
        super(source);
        this.info = new TensorInfo(NAME, DataType.F32, new long[] {vocabulary, width});
        this.seed = seed;
    }

    @Override
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>(source.names());
        names.add(NAME);
        return names;
    }

    @Override
    public TensorInfo info(String name) {
        return name.equals(NAME) ? info : source.info(name);
    }

    @Override
    public void read(String name, long firstElement, ByteBuffer destination) {
        if (!name.equals(NAME)) {
            source.read(name, firstElement, destination);
            return;
        }
        ByteBuffer target = destination.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        for (long i = firstElement; target.hasRemaining(); i++) {
            // A generator of its own for each number, so that any piece can be read. The sum of four has about a normal distribution.
            SplittableRandom random = new SplittableRandom(seed * 0x9e3779b97f4a7c15L + i);
            target.putFloat((float) (random.nextDouble() + random.nextDouble() + random.nextDouble() + random.nextDouble() - 2));
        }
        destination.position(destination.limit());
    }
}
