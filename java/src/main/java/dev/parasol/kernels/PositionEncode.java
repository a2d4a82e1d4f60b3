package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * {@code output = input * scale + PE(position)} with the sinusoidal encoding of FunASR: positions 1..T in each utterance, sines in
 * the first half of the columns and cosines in the second, frequency i being {@code exp(-i ln(10000) / (cols / 2 - 1))}. All in
 * fp32, whatever the precision of the model. Not thread-safe. Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class PositionEncode implements AutoCloseable {
    private static final int ROWS_PER_BLOCK = 8;
    private static final int THREADS = 128;

    static final StructLayout PARAMS = StructLayout.struct("PositionEncodeParams", "position_encode.h")
            .pointer("input")
            .pointer("output")
            .pointer("offsets")
            .int32("batch")
            .int32("rows")
            .int32("cols")
            .float32("scale")
            .build();
    private static final int INPUT = PARAMS.offset("input");
    private static final int OUTPUT = PARAMS.offset("output");
    private static final int OFFSETS = PARAMS.offset("offsets");
    private static final int BATCH = PARAMS.offset("batch");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int SCALE = PARAMS.offset("scale");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public PositionEncode(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "position_encode", "position_encode");
    }

    /**
     * Encodes a batch.
     *
     * @param input  F32 {@code [rows.rows(), cols]}, dense, an even column count of at least 4
     * @param rows   where each utterance begins
     * @param scale  the factor of the input, square root of the encoder's width
     * @param output F32, the input's shape; may be the input itself
     */
    public void launch(Stream stream, Matrix input, Ragged rows, float scale, Matrix output) {
        Checks.dense("position_encode", "the input", input, DataType.F32, rows.rows(), input.cols());
        Checks.dense("position_encode", "the output", output, DataType.F32, rows.rows(), input.cols());
        Checks.atLeast("position_encode", "the column count", input.cols(), 4);
        Checks.equal("position_encode", "the column count's remainder by 2", input.cols() % 2, 0);
        if (rows.rows() == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(INPUT, input.address());
        a.setPointer(OUTPUT, output.address());
        a.setPointer(OFFSETS, rows.offsets());
        a.setInt(BATCH, rows.batch());
        a.setInt(ROWS, rows.rows());
        a.setInt(COLS, input.cols());
        a.setFloat(SCALE, scale);
        kernel.launch(stream, 0, BoundKernel.blocks(rows.rows(), ROWS_PER_BLOCK), 1, THREADS);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
