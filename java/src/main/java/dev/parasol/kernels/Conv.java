package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Convolution over time and frequency in fp32. Rows are time; each holds the frequencies one behind the other, each with its channels.
 * Taps are odd in number and centred; beyond an utterance's rows and beyond the first and last frequency there are zeros. An element's
 * sum goes over taps, then channels, so it does not depend, to the bit, on the batch or on which rows are computed together. Not
 * thread-safe. Errors of the launch are {@link dev.parasol.cuda.CudaException}, wrong shapes {@link IllegalArgumentException}.
 */
public final class Conv implements AutoCloseable {
    /** Output channels come in groups of this many. */
    public static final int CHANNELS = 32;
    private static final int TILE = 128;

    /**
     * What is convolved.
     *
     * @param fIn     frequencies of the input
     * @param cIn     channels of the input: 1, or a multiple of 4
     * @param cOut    channels of the output: a multiple of {@link #CHANNELS}
     * @param tapsT   taps over time
     * @param tapsF   taps over frequency
     * @param strideT rows from one centre to the next
     * @param strideF frequencies from one centre to the next
     * @param dilation rows from one tap to the next
     */
    public record Shape(int fIn, int cIn, int cOut, int tapsT, int tapsF, int strideT, int strideF, int dilation) {
        /** Checks the values. */
        public Shape {
            Checks.atLeast("conv", "the frequency count", fIn, 1);
            Checks.atLeast("conv", "the channel count of the input", cIn, 1);
            Checks.equal("conv", "the remainder of the input's channels by 4", cIn == 1 ? 0 : cIn % 4, 0);
            Checks.atLeast("conv", "the channel count of the output", cOut, CHANNELS);
            Checks.equal("conv", "the remainder of the output's channels by " + CHANNELS, cOut % CHANNELS, 0);
            Checks.equal("conv", "the remainder of the taps over time by 2", tapsT % 2, 1);
            Checks.equal("conv", "the remainder of the taps over frequency by 2", tapsF % 2, 1);
            Checks.atLeast("conv", "the stride of time", strideT, 1);
            Checks.atLeast("conv", "the stride of frequency", strideF, 1);
            Checks.atLeast("conv", "the dilation", dilation, 1);
        }

        /** Frequencies of the output. */
        public int fOut() {
            return (fIn + strideF - 1) / strideF;
        }
    }

    /** A matrix whose first row is row {@code first} of the batch. */
    public record Slice(Matrix matrix, int first) {
    }

    /**
     * Factors of the result, the same for all rows of a segment.
     *
     * @param values         device address of {@code [segments, cOut]} floats
     * @param segmentOffsets device address of {@code batch + 1} 32-bit integers: the first segment of each utterance, then the count
     * @param segmentRows    output rows of a segment, counted from the beginning of each utterance
     */
    public record Gate(long values, long segmentOffsets, int segmentRows) {
        /** Checks the values. */
        public Gate {
            Checks.address("conv", "the gate", values);
            Checks.address("conv", "the segments' offsets", segmentOffsets);
            Checks.atLeast("conv", "the row count of a segment", segmentRows, 1);
        }
    }

    static final StructLayout PARAMS = StructLayout.struct("ConvParams", "conv.h")
            .pointer("input")
            .pointer("weight")
            .pointer("bias")
            .pointer("residual")
            .pointer("gate")
            .pointer("output")
            .pointer("input_offsets")
            .pointer("output_offsets")
            .pointer("segment_offsets")
            .int32("batch")
            .int32("first")
            .int32("rows")
            .int32("input_first")
            .int32("output_first")
            .int32("ld_input")
            .int32("ld_output")
            .int32("f_in")
            .int32("f_out")
            .int32("c_in")
            .int32("c_out")
            .int32("taps_t")
            .int32("taps_f")
            .int32("stride_t")
            .int32("stride_f")
            .int32("dilation")
            .int32("segment_rows")
            .int32("relu")
            .build();
    private static final int INPUT = PARAMS.offset("input");
    private static final int WEIGHT = PARAMS.offset("weight");
    private static final int BIAS = PARAMS.offset("bias");
    private static final int RESIDUAL = PARAMS.offset("residual");
    private static final int GATE = PARAMS.offset("gate");
    private static final int OUTPUT = PARAMS.offset("output");
    private static final int INPUT_OFFSETS = PARAMS.offset("input_offsets");
    private static final int OUTPUT_OFFSETS = PARAMS.offset("output_offsets");
    private static final int SEGMENT_OFFSETS = PARAMS.offset("segment_offsets");
    private static final int BATCH = PARAMS.offset("batch");
    private static final int FIRST = PARAMS.offset("first");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int INPUT_FIRST = PARAMS.offset("input_first");
    private static final int OUTPUT_FIRST = PARAMS.offset("output_first");
    private static final int LD_INPUT = PARAMS.offset("ld_input");
    private static final int LD_OUTPUT = PARAMS.offset("ld_output");
    private static final int F_IN = PARAMS.offset("f_in");
    private static final int F_OUT = PARAMS.offset("f_out");
    private static final int C_IN = PARAMS.offset("c_in");
    private static final int C_OUT = PARAMS.offset("c_out");
    private static final int TAPS_T = PARAMS.offset("taps_t");
    private static final int TAPS_F = PARAMS.offset("taps_f");
    private static final int STRIDE_T = PARAMS.offset("stride_t");
    private static final int STRIDE_F = PARAMS.offset("stride_f");
    private static final int DILATION = PARAMS.offset("dilation");
    private static final int SEGMENT_ROWS = PARAMS.offset("segment_rows");
    private static final int RELU = PARAMS.offset("relu");

    private final BoundKernel kernel;

    /** A launcher of the kernel in {@code library}, which is loaded now. */
    public Conv(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "conv", "conv");
    }

    /**
     * Computes rows of the output.
     *
     * @param input        F32 {@code [.., fIn * cIn]}, any stride; with more than one channel its rows begin at multiples of 16 bytes
     * @param inputOffsets device address of {@code batch + 1} 32-bit integers: the first input row of each utterance, then the count
     * @param weight       device address of {@code [tapsT * tapsF, cIn, cOut]} floats
     * @param bias         device address of {@code cOut} floats, or 0
     * @param residual     null, or an address of what is added before the ReLU, laid out as the output
     * @param gate         null, or what multiplies the result
     * @param output       F32 {@code [.., fOut * cOut]}, its rows beginning at multiples of 16 bytes
     * @param outputs      where each utterance's output rows begin, {@code ceil(rows / strideT)} each
     * @param first        the first output row that is computed
     * @param rows         how many are, as far as there are any
     */
    public void launch(Stream stream, Shape shape, Slice input, long inputOffsets, long weight, long bias, long residual, Gate gate, boolean relu,
            Slice output, Ragged outputs, int first, int rows) {
        check(shape, input, inputOffsets, weight, output, first, rows);
        if (rows == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(INPUT, input.matrix().address());
        a.setPointer(WEIGHT, weight);
        a.setPointer(BIAS, bias);
        a.setPointer(RESIDUAL, residual);
        a.setPointer(GATE, gate == null ? 0 : gate.values());
        a.setPointer(OUTPUT, output.matrix().address());
        a.setPointer(INPUT_OFFSETS, inputOffsets);
        a.setPointer(OUTPUT_OFFSETS, outputs.offsets());
        a.setPointer(SEGMENT_OFFSETS, gate == null ? 0 : gate.segmentOffsets());
        a.setInt(BATCH, outputs.batch());
        a.setInt(FIRST, first);
        a.setInt(ROWS, rows);
        a.setInt(INPUT_FIRST, input.first());
        a.setInt(OUTPUT_FIRST, output.first());
        a.setInt(LD_INPUT, input.matrix().stride());
        a.setInt(LD_OUTPUT, output.matrix().stride());
        a.setInt(F_IN, shape.fIn());
        a.setInt(F_OUT, shape.fOut());
        a.setInt(C_IN, shape.cIn());
        a.setInt(C_OUT, shape.cOut());
        a.setInt(TAPS_T, shape.tapsT());
        a.setInt(TAPS_F, shape.tapsF());
        a.setInt(STRIDE_T, shape.strideT());
        a.setInt(STRIDE_F, shape.strideF());
        a.setInt(DILATION, shape.dilation());
        a.setInt(SEGMENT_ROWS, gate == null ? 1 : gate.segmentRows());
        a.setInt(RELU, relu ? 1 : 0);
        kernel.launch(stream, 0, BoundKernel.blocks((long) rows * shape.fOut(), TILE), shape.cOut() / CHANNELS, TILE);
    }

    private static void check(Shape shape, Slice input, long inputOffsets, long weight, Slice output, int first, int rows) {
        Checks.matrix("conv", "the input", input.matrix(), DataType.F32, 0);
        Checks.matrix("conv", "the output", output.matrix(), DataType.F32, first - output.first() + rows);
        Checks.equal("conv", "the column count of the input", input.matrix().cols(), (long) shape.fIn() * shape.cIn());
        Checks.equal("conv", "the column count of the output", output.matrix().cols(), (long) shape.fOut() * shape.cOut());
        if (shape.cIn() > 1) {
            Checks.aligned("conv", "the input", input.matrix());
        }
        Checks.aligned("conv", "the output", output.matrix());
        Checks.address("conv", "the input's offsets", inputOffsets);
        Checks.address("conv", "the weight", weight);
        Checks.atLeast("conv", "the first row", first, output.first());
        Checks.atLeast("conv", "the row count", rows, 0);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
