package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Sums by columns over segments of a fixed number of rows, counted from the beginning of each utterance. Not thread-safe. Errors of the
 * launch are {@link dev.parasol.cuda.CudaException}, wrong shapes {@link IllegalArgumentException}.
 */
public final class SegmentSum implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("SegmentSumParams", "segment_sum.h")
            .pointer("input")
            .pointer("sums")
            .pointer("offsets")
            .pointer("segment_offsets")
            .int32("batch")
            .int32("segments")
            .int32("cols")
            .int32("ld_input")
            .int32("segment_rows")
            .build();
    private static final int INPUT = PARAMS.offset("input");
    private static final int SUMS = PARAMS.offset("sums");
    private static final int OFFSETS = PARAMS.offset("offsets");
    private static final int SEGMENT_OFFSETS = PARAMS.offset("segment_offsets");
    private static final int BATCH = PARAMS.offset("batch");
    private static final int SEGMENTS = PARAMS.offset("segments");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD_INPUT = PARAMS.offset("ld_input");
    private static final int SEGMENT_ROWS = PARAMS.offset("segment_rows");

    private final BoundKernel kernel;

    /** A launcher of the kernel in {@code library}, which is loaded now. */
    public SegmentSum(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "segment_sum", "segment_sum");
    }

    /**
     * Adds up the rows of every segment.
     *
     * @param input       F32 {@code [rows, cols]}, any stride
     * @param offsets     device address of {@code batch + 1} 32-bit integers: the first row of each utterance, then the row count
     * @param segments    where each utterance's segments begin, of which it has {@code ceil(rows / segmentRows)}; the count is an upper bound
     * @param segmentRows rows of a segment; an utterance's last one may have fewer
     * @param sums        F32 {@code [segments.rows(), cols]}, dense
     */
    public void launch(Stream stream, Matrix input, long offsets, Ragged segments, int segmentRows, Matrix sums) {
        Checks.matrix("segment_sum", "the input", input, DataType.F32, 0);
        Checks.dense("segment_sum", "the sums", sums, DataType.F32, segments.rows(), input.cols());
        Checks.address("segment_sum", "the offsets", offsets);
        Checks.atLeast("segment_sum", "the row count of a segment", segmentRows, 1);
        if (segments.rows() == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(INPUT, input.address());
        a.setPointer(SUMS, sums.address());
        a.setPointer(OFFSETS, offsets);
        a.setPointer(SEGMENT_OFFSETS, segments.offsets());
        a.setInt(BATCH, segments.batch());
        a.setInt(SEGMENTS, segments.rows());
        a.setInt(COLS, input.cols());
        a.setInt(LD_INPUT, input.stride());
        a.setInt(SEGMENT_ROWS, segmentRows);
        kernel.launch(stream, 0, segments.rows(), 1, 128);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
