package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Log-mel filter bank of a ragged batch of waveforms, as Kaldi computes it without dither: frames of 400 samples every 160,
 * mean taken off, pre-emphasis 0.97, the tables' window, power of a 512-point transform, mel filters, natural logarithm of at least
 * 2^-23. A clip shorter than 400 samples is one frame of its own length under a Hamming window, as in FunASR. Not thread-safe. Wrong shapes are an
 * {@link IllegalArgumentException}.
 */
public final class Fbank implements AutoCloseable {
    /** Samples of a frame. */
    public static final int FRAME_LENGTH = 400;
    /** Samples from one frame to the next. */
    public static final int FRAME_SHIFT = 160;

    static final StructLayout PARAMS = StructLayout.struct("FbankParams", "fbank.h")
            .pointer("wave")
            .pointer("sample_offsets")
            .pointer("fbank_offsets")
            .pointer("window")
            .pointer("twiddles")
            .pointer("mel_begin")
            .pointer("mel_first")
            .pointer("mel_weights")
            .pointer("fbank")
            .int32("batch")
            .int32("rows")
            .int32("bins")
            .float32("sample_rate")
            .float32("scale")
            .build();
    private static final int WAVE = PARAMS.offset("wave");
    private static final int SAMPLE_OFFSETS = PARAMS.offset("sample_offsets");
    private static final int FBANK_OFFSETS = PARAMS.offset("fbank_offsets");
    private static final int WINDOW = PARAMS.offset("window");
    private static final int TWIDDLES = PARAMS.offset("twiddles");
    private static final int MEL_BEGIN = PARAMS.offset("mel_begin");
    private static final int MEL_FIRST = PARAMS.offset("mel_first");
    private static final int MEL_WEIGHTS = PARAMS.offset("mel_weights");
    private static final int FBANK = PARAMS.offset("fbank");
    private static final int BATCH = PARAMS.offset("batch");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int BINS = PARAMS.offset("bins");
    private static final int SAMPLE_RATE = PARAMS.offset("sample_rate");
    private static final int SCALE = PARAMS.offset("scale");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public Fbank(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "fbank", "fbank");
    }

    /** Filter bank rows of a clip: none without a sample, one below 400 samples, else {@code 1 + (samples - 400) / 160}. */
    public static int rows(long samples) {
        if (samples <= 0) {
            return 0;
        }
        return samples < FRAME_LENGTH ? 1 : Math.toIntExact(1 + (samples - FRAME_LENGTH) / FRAME_SHIFT);
    }

    /** The most samples that {@code clips} clips have which give {@code rows} rows together: {@code 160 * rows + 399 * clips}. */
    public static long mostSamples(int rows, int clips) {
        return (long) FRAME_SHIFT * rows + (FRAME_LENGTH - 1L) * clips;
    }

    /**
     * Computes the filter bank of a batch.
     *
     * @param wave          device address of the packed samples, floats in [-1, 1]
     * @param sampleOffsets device address of {@code batch + 1} 64-bit integers: the first sample of each clip, then the sample count
     * @param rows          where each clip begins in {@code fbank}, with {@link #rows} rows each; the row count is an upper bound
     * @param tables        the tables on the device
     * @param fbank         F32 {@code [rows.rows(), tables.bins()]}, dense
     */
    public void launch(Stream stream, long wave, long sampleOffsets, Ragged rows, FbankTables.OnDevice tables, Matrix fbank) {
        Checks.address("fbank", "the wave", wave);
        Checks.address("fbank", "the sample offsets", sampleOffsets);
        Checks.dense("fbank", "the filter bank", fbank, DataType.F32, rows.rows(), tables.bins());
        if (rows.rows() == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(WAVE, wave);
        a.setPointer(SAMPLE_OFFSETS, sampleOffsets);
        a.setPointer(FBANK_OFFSETS, rows.offsets());
        a.setPointer(WINDOW, tables.window());
        a.setPointer(TWIDDLES, tables.twiddles());
        a.setPointer(MEL_BEGIN, tables.melBegin());
        a.setPointer(MEL_FIRST, tables.melFirst());
        a.setPointer(MEL_WEIGHTS, tables.melWeights());
        a.setPointer(FBANK, fbank.address());
        a.setInt(BATCH, rows.batch());
        a.setInt(ROWS, rows.rows());
        a.setInt(BINS, tables.bins());
        a.setFloat(SAMPLE_RATE, tables.sampleRate());
        a.setFloat(SCALE, tables.scale());
        kernel.launchWarpPerRow(stream, 0, rows.rows());
    }

    @Override
    public void close() {
        kernel.close();
    }
}
