package dev.parasol.kernels;

import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * The recurrent part of one direction of an LSTM layer over a ragged batch; sums and the cell in fp32. The products of
 * the inputs are made before, by {@link Gemm}. A sequence's result does not depend, to the bit, on its neighbours. Not thread-safe.
 * Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class Lstm implements AutoCloseable {
    /** The most hidden units: a block has a thread for each. */
    public static final int MAX_HIDDEN = 512;
    private static final int THREADS = 512;

    static final StructLayout PARAMS = StructLayout.struct("LstmParams", "lstm.h")
            .pointer("gates")
            .pointer("weight")
            .pointer("bias")
            .pointer("output")
            .pointer("offsets")
            .int32("repeat")
            .int32("reverse")
            .int32("hidden")
            .int32("ld_gates")
            .int32("ld_weight")
            .int32("ld_output")
            .build();
    private static final int GATES = PARAMS.offset("gates");
    private static final int WEIGHT = PARAMS.offset("weight");
    private static final int BIAS = PARAMS.offset("bias");
    private static final int OUTPUT = PARAMS.offset("output");
    private static final int OFFSETS = PARAMS.offset("offsets");
    private static final int REPEAT = PARAMS.offset("repeat");
    private static final int REVERSE = PARAMS.offset("reverse");
    private static final int HIDDEN = PARAMS.offset("hidden");
    private static final int LD_GATES = PARAMS.offset("ld_gates");
    private static final int LD_WEIGHT = PARAMS.offset("ld_weight");
    private static final int LD_OUTPUT = PARAMS.offset("ld_output");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public Lstm(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "lstm", "lstm_f32", "lstm_f16");
    }

    /**
     * Runs a direction of a layer from state zero.
     *
     * @param gates     {@code W_ih x + b_ih}, F32 or F16 {@code [repeat * sequences.rows(), 4 * hidden]}: the gates i, f, g, o
     * @param recurrent W_hh transposed, {@code [hidden, 4 * hidden]} of gates' type
     * @param bias      device address of {@code 4 * hidden} floats, b_hh
     * @param sequences where each sequence begins, in units of {@code repeat} steps
     * @param repeat    steps a unit
     * @param reverse   whether each sequence is run from its last step to its first
     * @param output    the hidden state after each step, gates' type, {@code [repeat * sequences.rows(), hidden]}; may lie in the first
     *                  columns of the gates themselves
     */
    public void launch(Stream stream, Matrix gates, Matrix recurrent, long bias, Ragged sequences, int repeat, boolean reverse, Matrix output) {
        Checks.floating("lstm", "the gates", gates.type());
        Checks.atLeast("lstm", "the repetition", repeat, 1);
        int hidden = recurrent.rows();
        int steps = Math.multiplyExact(repeat, sequences.rows());
        Checks.atLeast("lstm", "the hidden size", hidden, 1);
        Checks.atMost("lstm", "the hidden size", hidden, MAX_HIDDEN);
        Checks.matrix("lstm", "the gates", gates, gates.type(), steps);
        Checks.equal("lstm", "the column count of the gates", gates.cols(), 4 * hidden);
        Checks.matrix("lstm", "the recurrent weight", recurrent, gates.type(), hidden);
        Checks.equal("lstm", "the column count of the recurrent weight", recurrent.cols(), 4 * hidden);
        Checks.aligned("lstm", "the recurrent weight", recurrent);
        Checks.address("lstm", "the bias", bias);
        Checks.matrix("lstm", "the output", output, gates.type(), steps);
        Checks.equal("lstm", "the column count of the output", output.cols(), hidden);
        if (output.address() == gates.address()) {
            Checks.equal("lstm", "the stride of the output in the place of the gates", output.stride(), gates.stride());
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(GATES, gates.address());
        a.setPointer(WEIGHT, recurrent.address());
        a.setPointer(BIAS, bias);
        a.setPointer(OUTPUT, output.address());
        a.setPointer(OFFSETS, sequences.offsets());
        a.setInt(REPEAT, repeat);
        a.setInt(REVERSE, reverse ? 1 : 0);
        a.setInt(HIDDEN, hidden);
        a.setInt(LD_GATES, gates.stride());
        a.setInt(LD_WEIGHT, recurrent.stride());
        a.setInt(LD_OUTPUT, output.stride());
        int sharedBytes = ((hidden + 3) / 4 * 4 + THREADS / hidden * 4 * hidden) * Float.BYTES;
        kernel.launch(stream, BoundKernel.variant(gates.type()), sequences.batch(), 1, THREADS, sharedBytes);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
