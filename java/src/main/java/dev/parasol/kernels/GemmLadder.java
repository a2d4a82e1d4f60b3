package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.Kernel;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The steps by which the fp16 product was reached, from a thread an element to the final tile: for the benchmark, which tells what each idea is worth. Nothing
 * in a recognizer launches them. {@code C = A Wᵀ + bias} from F16 to F16. Not thread-safe.
 */
public final class GemmLadder implements AutoCloseable {
    /**
     * A step.
     *
     * @param name        its kernel
     * @param idea        what is new in it
     * @param sharedBytes its dynamic shared memory
     */
    public record Step(String name, String idea, int rows, int cols, int threads, int sharedBytes) {
    }

    /** All steps, the naive one first; their geometry is that of {@code cuda/kernels/gemm_ladder.cuh}. */
    public static final List<Step> STEPS = List.of(
            new Step("gemm_ladder_v1", "a thread an element, from global memory", 16, 16, 256, 0),
            new Step("gemm_ladder_v2", "slices in shared memory, 4 x 4 elements a thread, FFMA", 64, 64, 256, 2 * 16 * (64 + 4) * Float.BYTES),
            new Step("gemm_ladder_v3", "tensor cores, no pipeline", 64, 128, 128, (64 + 128) * (64 + 8) * Short.BYTES),
            new Step("gemm_ladder_v4", "cp.async ring, ldmatrix, swizzle; 64 x 128", 64, 128, 128, 3 * (64 + 128) * 64 * Short.BYTES),
            new Step("gemm_ladder_v5", "128 x 128", 128, 128, 128, 3 * (128 + 128) * 64 * Short.BYTES),
            new Step("gemm_ladder_v6", "128 x 256, 8 warps", 128, 256, 256, 3 * (128 + 256) * 64 * Short.BYTES));

    private final KernelLibrary library;
    private final Map<Step, Kernel> kernels = new HashMap<>();
    private final KernelArguments arguments;

    /** A launcher of the kernels in {@code library}. */
    public GemmLadder(KernelLibrary library) {
        this.library = library;
        this.arguments = kernel(STEPS.get(0)).newArguments();
    }

    private Kernel kernel(Step step) {
        return kernels.computeIfAbsent(step, key -> {
            Kernel kernel = library.kernel("gemm_ladder", step.name(), Gemm.PARAMS);
            kernel.setDynamicShared(step.sharedBytes());
            return kernel;
        });
    }

    /** Whether a block of the step fits into the device's shared memory. */
    public boolean fits(Step step) {
        return step.sharedBytes() <= library.device().sharedMemoryPerBlockOptIn();
    }

    /**
     * Multiplies all rows of {@code a}; shapes and padding are those of {@link Gemm#launch}.
     *
     * @param a    F16 {@code [m, k]}
     * @param w    F16 {@code [n, k]}
     * @param bias device address of n floats, or 0
     * @param c    F16 {@code [m, n]}
     */
    public void launch(Stream stream, Step step, Matrix a, Matrix w, long bias, Matrix c) {
        GemmTiles.checkOperands(step.name(), a, w);
        Checks.matrix(step.name(), "A", a, DataType.F16, a.rows());
        Checks.matrix(step.name(), "C", c, DataType.F16, a.rows());
        Checks.equal(step.name(), "the column count of C", c.cols(), w.rows());
        if (a.rows() == 0) {
            return;
        }
        Gemm.write(arguments, a, w, bias, null, false, c, 0);
        kernel(step).launch(stream, BoundKernel.blocks(w.rows(), step.cols()), BoundKernel.blocks(a.rows(), step.rows()), 1, step.threads(), step.sharedBytes(), arguments);
    }

    @Override
    public void close() {
        arguments.close();
    }
}
