package dev.parasol.kernels;

import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * The keys of each utterance that get most attention, and the last key behind them. Not thread-safe. Wrong shapes
 * are an {@link IllegalArgumentException}.
 */
public final class TopKeys implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("TopKeysParams", "top_keys.h")
            .pointer("mass")
            .pointer("index")
            .pointer("offsets")
            .int32("batch")
            .int32("heads")
            .int32("keys")
            .int32("count")
            .build();
    private static final int MASS = PARAMS.offset("mass");
    private static final int INDEX = PARAMS.offset("index");
    private static final int OFFSETS = PARAMS.offset("offsets");
    private static final int BATCH = PARAMS.offset("batch");
    private static final int HEADS = PARAMS.offset("heads");
    private static final int KEYS = PARAMS.offset("keys");
    private static final int COUNT = PARAMS.offset("count");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public TopKeys(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "top_keys", "top_keys");
    }

    /**
     * Chooses keys.
     *
     * @param mass    device address of {@code [batch, heads, keys]} floats: see {@link AttentionMass}
     * @param keys    more than {@code count}, at most {@value AttentionMass#MAX_KEYS}
     * @param index   device address of {@code [batch, count + 1]} 32-bit integers: most attention first, then the last key
     * @param offsets device address of {@code batch + 1} 32-bit integers: where each utterance's begin
     */
    public void launch(Stream stream, long mass, int batch, int heads, int keys, int count, long index, long offsets) {
        Checks.address("top_keys", "the attention", mass);
        Checks.address("top_keys", "the index", index);
        Checks.address("top_keys", "the offsets", offsets);
        Checks.atLeast("top_keys", "the batch", batch, 1);
        Checks.atLeast("top_keys", "the head count", heads, 1);
        Checks.atLeast("top_keys", "the count", count, 1);
        Checks.atLeast("top_keys", "the key count", keys, count + 1L);
        Checks.atMost("top_keys", "the key count", keys, AttentionMass.MAX_KEYS);
        KernelArguments p = kernel.arguments();
        p.setPointer(MASS, mass);
        p.setPointer(INDEX, index);
        p.setPointer(OFFSETS, offsets);
        p.setInt(BATCH, batch);
        p.setInt(HEADS, heads);
        p.setInt(KEYS, keys);
        p.setInt(COUNT, count);
        kernel.launch(stream, 0, batch, 1, 256, keys * Float.BYTES);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
