package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * The weights of continuous integrate-and-fire: {@code relu(sigmoid(w . h + b) * smooth - noise)} for each frame, and a tail weight
 * behind each utterance. Not thread-safe. Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class CifAlpha implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("CifAlphaParams", "cif_alpha.h")
            .pointer("hidden")
            .pointer("weight")
            .pointer("bias")
            .pointer("alphas")
            .pointer("offsets")
            .int32("batch")
            .int32("rows")
            .int32("cols")
            .int32("ld_hidden")
            .float32("smooth_factor")
            .float32("noise_threshold")
            .float32("tail_threshold")
            .build();
    private static final int HIDDEN = PARAMS.offset("hidden");
    private static final int WEIGHT = PARAMS.offset("weight");
    private static final int BIAS = PARAMS.offset("bias");
    private static final int ALPHAS = PARAMS.offset("alphas");
    private static final int OFFSETS = PARAMS.offset("offsets");
    private static final int BATCH = PARAMS.offset("batch");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD_HIDDEN = PARAMS.offset("ld_hidden");
    private static final int SMOOTH_FACTOR = PARAMS.offset("smooth_factor");
    private static final int NOISE_THRESHOLD = PARAMS.offset("noise_threshold");
    private static final int TAIL_THRESHOLD = PARAMS.offset("tail_threshold");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public CifAlpha(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "cif_alpha", "cif_alpha");
    }

    /**
     * Computes the weights of a batch.
     *
     * @param hidden F32 {@code [frames.rows(), cols]}, any stride
     * @param weight device address of {@code cols} floats
     * @param bias   device address of one float
     * @param frames where each utterance begins; the row count is an upper bound
     * @param alphas device address of {@code frames.rows() + frames.batch()} floats; utterance b's T + 1 weights begin at {@code offsets[b] + b}
     */
    public void launch(Stream stream, Matrix hidden, long weight, long bias, Ragged frames, float smooth, float noise, float tail, long alphas) {
        Checks.matrix("cif_alpha", "the hidden rows", hidden, DataType.F32, frames.rows());
        Checks.atLeast("cif_alpha", "the column count", hidden.cols(), 1);
        Checks.address("cif_alpha", "the weight", weight);
        Checks.address("cif_alpha", "the bias", bias);
        Checks.address("cif_alpha", "the output", alphas);
        KernelArguments a = kernel.arguments();
        a.setPointer(HIDDEN, hidden.address());
        a.setPointer(WEIGHT, weight);
        a.setPointer(BIAS, bias);
        a.setPointer(ALPHAS, alphas);
        a.setPointer(OFFSETS, frames.offsets());
        a.setInt(BATCH, frames.batch());
        a.setInt(ROWS, frames.rows());
        a.setInt(COLS, hidden.cols());
        a.setInt(LD_HIDDEN, hidden.stride());
        a.setFloat(SMOOTH_FACTOR, smooth);
        a.setFloat(NOISE_THRESHOLD, noise);
        a.setFloat(TAIL_THRESHOLD, tail);
        kernel.launchWarpPerRow(stream, 0, (long) frames.rows() + frames.batch());
    }

    @Override
    public void close() {
        kernel.close();
    }
}
