package dev.parasol.kernels;

import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/** Exclusive prefix sum of the token counts. Not thread-safe. */
public final class TokenOffsets implements AutoCloseable {
    private static final int THREADS = 128;

    static final StructLayout PARAMS = StructLayout.struct("TokenOffsetsParams", "token_offsets.h")
            .pointer("token_counts")
            .pointer("token_offsets")
            .int32("batch")
            .build();
    private static final int TOKEN_COUNTS = PARAMS.offset("token_counts");
    private static final int TOKEN_OFFSETS = PARAMS.offset("token_offsets");
    private static final int BATCH = PARAMS.offset("batch");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public TokenOffsets(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "token_offsets", "token_offsets");
    }

    /**
     * Sums the counts of a batch.
     *
     * @param tokenCounts  device address of {@code batch} 32-bit integers
     * @param tokenOffsets device address of {@code batch + 1} 32-bit integers
     */
    public void launch(Stream stream, long tokenCounts, int batch, long tokenOffsets) {
        Checks.address("token_offsets", "the token counts", tokenCounts);
        Checks.address("token_offsets", "the token offsets", tokenOffsets);
        Checks.atLeast("token_offsets", "the batch", batch, 1);
        KernelArguments a = kernel.arguments();
        a.setPointer(TOKEN_COUNTS, tokenCounts);
        a.setPointer(TOKEN_OFFSETS, tokenOffsets);
        a.setInt(BATCH, batch);
        kernel.launch(stream, 0, 1, 1, THREADS);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
