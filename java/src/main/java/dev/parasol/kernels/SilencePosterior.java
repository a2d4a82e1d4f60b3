package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Row-wise softmax in fp32, of which one column is kept, or all. Not thread-safe. Errors of the launch are
 * {@link dev.parasol.cuda.CudaException}, wrong shapes {@link IllegalArgumentException}.
 */
public final class SilencePosterior implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("SilencePosteriorParams", "silence_posterior.h")
            .pointer("logits")
            .pointer("posterior")
            .pointer("scores")
            .int32("rows")
            .int32("cols")
            .int32("ld")
            .int32("silence")
            .build();
    private static final int LOGITS = PARAMS.offset("logits");
    private static final int POSTERIOR = PARAMS.offset("posterior");
    private static final int SCORES = PARAMS.offset("scores");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD = PARAMS.offset("ld");
    private static final int SILENCE = PARAMS.offset("silence");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public SilencePosterior(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "silence_posterior", "silence_posterior");
    }

    /**
     * Normalises all rows of {@code logits}.
     *
     * @param logits    F32 {@code [rows, cols]}, any stride
     * @param silence   the column to keep
     * @param posterior device address of {@code rows} floats
     * @param scores    device address of {@code rows * cols} floats for the whole softmax, dense; or 0
     */
    public void launch(Stream stream, Matrix logits, int silence, long posterior, long scores) {
        Checks.matrix("silence_posterior", "the logits", logits, DataType.F32, logits.rows());
        Checks.address("silence_posterior", "the posterior", posterior);
        Checks.atLeast("silence_posterior", "the silence column", silence, 0);
        Checks.atMost("silence_posterior", "the silence column", silence, logits.cols() - 1L);
        if (logits.rows() == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(LOGITS, logits.address());
        a.setPointer(POSTERIOR, posterior);
        a.setPointer(SCORES, scores);
        a.setInt(ROWS, logits.rows());
        a.setInt(COLS, logits.cols());
        a.setInt(LD, logits.stride());
        a.setInt(SILENCE, silence);
        kernel.launchWarpPerRow(stream, 0, logits.rows());
    }

    @Override
    public void close() {
        kernel.close();
    }
}
