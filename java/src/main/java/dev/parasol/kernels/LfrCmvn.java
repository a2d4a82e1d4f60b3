package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Low frame rate stacking and normalisation: feature row t of an utterance with M filter bank rows stacks its rows
 * {@code t * n - L .. t * n - L + m - 1} with {@code L = (m - 1) / 2}, the first and the last row repeated beyond the ends, and
 * becomes {@code (x + shift) * scale}. Not thread-safe. Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class LfrCmvn implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("LfrCmvnParams", "lfr_cmvn.h")
            .pointer("fbank")
            .pointer("fbank_offsets")
            .pointer("frame_offsets")
            .pointer("shift")
            .pointer("scale")
            .pointer("features")
            .int32("batch")
            .int32("rows")
            .int32("bins")
            .int32("lfr_m")
            .int32("lfr_n")
            .int32("ld_features")
            .build();
    private static final int FBANK = PARAMS.offset("fbank");
    private static final int FBANK_OFFSETS = PARAMS.offset("fbank_offsets");
    private static final int FRAME_OFFSETS = PARAMS.offset("frame_offsets");
    private static final int SHIFT = PARAMS.offset("shift");
    private static final int SCALE = PARAMS.offset("scale");
    private static final int FEATURES = PARAMS.offset("features");
    private static final int BATCH = PARAMS.offset("batch");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int BINS = PARAMS.offset("bins");
    private static final int LFR_M = PARAMS.offset("lfr_m");
    private static final int LFR_N = PARAMS.offset("lfr_n");
    private static final int LD_FEATURES = PARAMS.offset("ld_features");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public LfrCmvn(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "lfr_cmvn", "lfr_cmvn");
    }

    /** Feature rows of an utterance with that many filter bank rows: {@code ceil(M / n)}. */
    public static int frames(int fbankRows, int lfrN) {
        return Math.toIntExact(((long) fbankRows + lfrN - 1) / lfrN);
    }

    /**
     * Stacks and normalises a batch.
     *
     * @param fbank    F32 {@code [fbank.rows(), bins]}, dense; every utterance with a feature row has at least one row
     * @param fbankOffsets device address of {@code batch + 1} 32-bit integers: where each utterance begins in {@code fbank}
     * @param frames   where each utterance begins in {@code features}; the row count is an upper bound
     * @param shift    device address of {@code bins * m} floats
     * @param scale    device address of {@code bins * m} floats
     * @param features F32 {@code [frames.rows(), bins * m]}, any stride; the columns behind become zero
     */
    public void launch(Stream stream, Matrix fbank, long fbankOffsets, Ragged frames, long shift, long scale, int lfrM, int lfrN, Matrix features) {
        Checks.atLeast("lfr_cmvn", "the stacking m", lfrM, 1);
        Checks.atLeast("lfr_cmvn", "the step n", lfrN, 1);
        Checks.dense("lfr_cmvn", "the filter bank", fbank, DataType.F32, 0, fbank.cols());
        Checks.matrix("lfr_cmvn", "the features", features, DataType.F32, frames.rows());
        Checks.equal("lfr_cmvn", "the column count of the features", features.cols(), Math.multiplyExact(fbank.cols(), lfrM));
        Checks.address("lfr_cmvn", "the filter bank's offsets", fbankOffsets);
        Checks.address("lfr_cmvn", "the shift", shift);
        Checks.address("lfr_cmvn", "the scale", scale);
        if (frames.rows() == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(FBANK, fbank.address());
        a.setPointer(FBANK_OFFSETS, fbankOffsets);
        a.setPointer(FRAME_OFFSETS, frames.offsets());
        a.setPointer(SHIFT, shift);
        a.setPointer(SCALE, scale);
        a.setPointer(FEATURES, features.address());
        a.setInt(BATCH, frames.batch());
        a.setInt(ROWS, frames.rows());
        a.setInt(BINS, fbank.cols());
        a.setInt(LFR_M, lfrM);
        a.setInt(LFR_N, lfrN);
        a.setInt(LD_FEATURES, features.stride());
        kernel.launchWarpPerRow(stream, 0, frames.rows());
    }

    @Override
    public void close() {
        kernel.close();
    }
}
