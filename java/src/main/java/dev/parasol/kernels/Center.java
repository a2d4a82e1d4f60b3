package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Takes the mean over each utterance off every column, in place. Not thread-safe. Errors of the launch are
 * {@link dev.parasol.cuda.CudaException}, wrong shapes {@link IllegalArgumentException}.
 */
public final class Center implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("CenterParams", "center.h")
            .pointer("values")
            .pointer("offsets")
            .int32("cols")
            .int32("ld")
            .build();
    private static final int VALUES = PARAMS.offset("values");
    private static final int OFFSETS = PARAMS.offset("offsets");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD = PARAMS.offset("ld");

    private final BoundKernel kernel;

    /** A launcher of the kernel in {@code library}, which is loaded now. */
    public Center(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "center", "center");
    }

    /**
     * Centres a batch.
     *
     * @param values  F32 {@code [rows, cols]}, any stride
     * @param offsets device address of {@code batch + 1} 32-bit integers: the first row of each utterance, then the row count
     * @param batch   utterances, some of which may have no rows
     */
    public void launch(Stream stream, Matrix values, long offsets, int batch) {
        Checks.matrix("center", "the values", values, DataType.F32, 0);
        Checks.address("center", "the offsets", offsets);
        Checks.atLeast("center", "the utterance count", batch, 1);
        KernelArguments a = kernel.arguments();
        a.setPointer(VALUES, values.address());
        a.setPointer(OFFSETS, offsets);
        a.setInt(COLS, values.cols());
        a.setInt(LD, values.stride());
        kernel.launch(stream, 0, BoundKernel.blocks(values.cols(), 32), batch, 256);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
