package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * CAM++'s context-aware mask, the same for all rows of a segment: {@code sigmoid(W2 relu(W1 context + b1) + b2)}, where the context is
 * the mean over the utterance plus the mean over the segment. Not thread-safe. Errors of the launch are
 * {@link dev.parasol.cuda.CudaException}, wrong shapes {@link IllegalArgumentException}.
 */
public final class CamGate implements AutoCloseable {
    /** The most channels. */
    public static final int MAX_CHANNELS = 512;
    /** The most columns of the first layer. */
    public static final int MAX_HIDDEN = 256;

    /** Device addresses of fp32 weights: {@code [channels, hidden]}, {@code [hidden]}, {@code [hidden, outputs]}, {@code [outputs]}. */
    public record Weights(long weight1, long bias1, long weight2, long bias2) {
        /** Checks that there are addresses. */
        public Weights {
            Checks.address("cam_gate", "the first weight", weight1);
            Checks.address("cam_gate", "the first bias", bias1);
            Checks.address("cam_gate", "the second weight", weight2);
            Checks.address("cam_gate", "the second bias", bias2);
        }
    }

    static final StructLayout PARAMS = StructLayout.struct("CamGateParams", "cam_gate.h")
            .pointer("sums")
            .pointer("weight1")
            .pointer("bias1")
            .pointer("weight2")
            .pointer("bias2")
            .pointer("gate")
            .pointer("offsets")
            .pointer("segment_offsets")
            .int32("batch")
            .int32("segments")
            .int32("channels")
            .int32("hidden")
            .int32("outputs")
            .int32("segment_rows")
            .build();
    private static final int SUMS = PARAMS.offset("sums");
    private static final int WEIGHT1 = PARAMS.offset("weight1");
    private static final int BIAS1 = PARAMS.offset("bias1");
    private static final int WEIGHT2 = PARAMS.offset("weight2");
    private static final int BIAS2 = PARAMS.offset("bias2");
    private static final int GATE = PARAMS.offset("gate");
    private static final int OFFSETS = PARAMS.offset("offsets");
    private static final int SEGMENT_OFFSETS = PARAMS.offset("segment_offsets");
    private static final int BATCH = PARAMS.offset("batch");
    private static final int SEGMENTS = PARAMS.offset("segments");
    private static final int CHANNELS = PARAMS.offset("channels");
    private static final int HIDDEN = PARAMS.offset("hidden");
    private static final int OUTPUTS = PARAMS.offset("outputs");
    private static final int SEGMENT_ROWS = PARAMS.offset("segment_rows");

    private final BoundKernel kernel;

    /** A launcher of the kernel in {@code library}, which is loaded now. */
    public CamGate(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "cam_gate", "cam_gate");
    }

    /**
     * Computes the mask of every segment.
     *
     * @param sums        F32 {@code [segments.rows(), channels]}, dense: what {@link SegmentSum} gives
     * @param offsets     device address of {@code batch + 1} 32-bit integers: the first row of each utterance, then the row count
     * @param segments    as for {@link SegmentSum}
     * @param weights     the two layers
     * @param hidden      columns of the first layer, at most {@link #MAX_HIDDEN}
     * @param gate        F32 {@code [segments.rows(), outputs]}, dense
     */
    public void launch(Stream stream, Matrix sums, long offsets, Ragged segments, int segmentRows, Weights weights, int hidden, Matrix gate) {
        Checks.dense("cam_gate", "the sums", sums, DataType.F32, segments.rows(), sums.cols());
        Checks.dense("cam_gate", "the gate", gate, DataType.F32, segments.rows(), gate.cols());
        Checks.atMost("cam_gate", "the channel count", sums.cols(), MAX_CHANNELS);
        Checks.atMost("cam_gate", "the hidden column count", hidden, MAX_HIDDEN);
        Checks.address("cam_gate", "the offsets", offsets);
        Checks.atLeast("cam_gate", "the row count of a segment", segmentRows, 1);
        if (segments.rows() == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(SUMS, sums.address());
        a.setPointer(WEIGHT1, weights.weight1());
        a.setPointer(BIAS1, weights.bias1());
        a.setPointer(WEIGHT2, weights.weight2());
        a.setPointer(BIAS2, weights.bias2());
        a.setPointer(GATE, gate.address());
        a.setPointer(OFFSETS, offsets);
        a.setPointer(SEGMENT_OFFSETS, segments.offsets());
        a.setInt(BATCH, segments.batch());
        a.setInt(SEGMENTS, segments.rows());
        a.setInt(CHANNELS, sums.cols());
        a.setInt(HIDDEN, hidden);
        a.setInt(OUTPUTS, gate.cols());
        a.setInt(SEGMENT_ROWS, segmentRows);
        kernel.launch(stream, 0, segments.rows(), 1, 128);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
