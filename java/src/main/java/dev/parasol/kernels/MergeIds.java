package dev.parasol.kernels;

import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * A second opinion on ids, which counts where it is one. Not thread-safe. Wrong shapes
 * are an {@link IllegalArgumentException}.
 */
public final class MergeIds implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("MergeIdsParams", "merge_ids.h")
            .pointer("ids")
            .pointer("others")
            .pointer("device_rows")
            .int32("rows")
            .int32("none")
            .build();
    private static final int IDS = PARAMS.offset("ids");
    private static final int OTHERS = PARAMS.offset("others");
    private static final int DEVICE_ROWS = PARAMS.offset("device_rows");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int NONE = PARAMS.offset("none");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public MergeIds(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "merge_ids", "merge_ids");
    }

    /**
     * Replaces ids.
     *
     * @param ids        device address of {@code rows} 32-bit integers, read and written
     * @param others     device address of as many
     * @param none       an id among the others that is no opinion
     * @param deviceRows device address of the true row count; what lies behind is left alone
     */
    public void launch(Stream stream, long ids, long others, int none, int rows, long deviceRows) {
        Checks.address("merge_ids", "the ids", ids);
        Checks.address("merge_ids", "the other ids", others);
        Checks.address("merge_ids", "the row count", deviceRows);
        Checks.atLeast("merge_ids", "the row count", rows, 1);
        KernelArguments p = kernel.arguments();
        p.setPointer(IDS, ids);
        p.setPointer(OTHERS, others);
        p.setPointer(DEVICE_ROWS, deviceRows);
        p.setInt(ROWS, rows);
        p.setInt(NONE, none);
        kernel.launch(stream, 0, BoundKernel.blocks(rows, 128), 1, 128);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
