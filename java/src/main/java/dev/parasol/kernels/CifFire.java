package dev.parasol.kernels;

import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Integrate and fire: a token for every frame at which the sum of the weights reaches a new whole number. Not thread-safe. Wrong
 * shapes are an {@link IllegalArgumentException}.
 */
public final class CifFire implements AutoCloseable {
    private static final int THREADS = 128;

    static final StructLayout PARAMS = StructLayout.struct("CifFireParams", "cif_fire.h")
            .pointer("alphas")
            .pointer("peaks")
            .pointer("fires")
            .pointer("remainders")
            .pointer("token_counts")
            .pointer("frame_offsets")
            .int32("batch")
            .int32("sequential")
            .build();
    private static final int ALPHAS = PARAMS.offset("alphas");
    private static final int PEAKS = PARAMS.offset("peaks");
    private static final int FIRES = PARAMS.offset("fires");
    private static final int REMAINDERS = PARAMS.offset("remainders");
    private static final int TOKEN_COUNTS = PARAMS.offset("token_counts");
    private static final int FRAME_OFFSETS = PARAMS.offset("frame_offsets");
    private static final int BATCH = PARAMS.offset("batch");
    private static final int SEQUENTIAL = PARAMS.offset("sequential");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public CifFire(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "cif_fire", "cif_fire");
    }

    /**
     * Finds the tokens of a batch.
     *
     * @param alphas      device address of {@code rows + batch} weights, see {@link CifAlpha}
     * @param frames      where each utterance begins
     * @param sequential  false: fp64 sum rounded to fp32 (CifPredictorV2); true: running fp32 sum (CifPredictorV3)
     * @param peaks       device address of {@code rows + batch} floats: the integral after each frame, before a fire takes 1 off
     * @param fires       device address of {@code rows} 32-bit integers: the frame of utterance b's k-th token at {@code offsets[b] + k}
     * @param remainders  device address of {@code rows} floats: what that frame leaves for the next token
     * @param tokenCounts device address of {@code batch} 32-bit integers, each at most the utterance's frames
     */
    public void launch(Stream stream, long alphas, Ragged frames, boolean sequential, long peaks, long fires, long remainders, long tokenCounts) {
        Checks.address("cif_fire", "the weights", alphas);
        Checks.address("cif_fire", "the peaks", peaks);
        Checks.address("cif_fire", "the fires", fires);
        Checks.address("cif_fire", "the remainders", remainders);
        Checks.address("cif_fire", "the token counts", tokenCounts);
        KernelArguments a = kernel.arguments();
        a.setPointer(ALPHAS, alphas);
        a.setPointer(PEAKS, peaks);
        a.setPointer(FIRES, fires);
        a.setPointer(REMAINDERS, remainders);
        a.setPointer(TOKEN_COUNTS, tokenCounts);
        a.setPointer(FRAME_OFFSETS, frames.offsets());
        a.setInt(BATCH, frames.batch());
        a.setInt(SEQUENTIAL, sequential ? 1 : 0);
        kernel.launch(stream, 0, frames.batch(), 1, THREADS);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
