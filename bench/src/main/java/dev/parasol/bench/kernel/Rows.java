package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import dev.parasol.kernels.Matrix;
import java.util.function.IntFunction;

/** Operands of a kernel whose output rows can each be computed alone. */
final class Rows {
    private static final int SAMPLED = 24;

    private Rows() {}

    /**
     * Operands with a check of sampled rows.
     *
     * @param launch enqueues the launch
     * @param reference a row of the output in double precision
     */
    static KernelCase.Operands of(Scratch scratch, Runnable launch, Matrix output, IntFunction<double[]> reference) {
        return new KernelCase.Operands() {
            @Override
            public void launch() {
                launch.run();
            }

            @Override
            public double error() {
                HostView host = new HostView(scratch);
                HostView.Error error = new HostView.Error();
                for (int row : HostView.samples(output.rows(), SAMPLED)) {
                    error.add(reference.apply(row), host.row(output, row));
                }
                return error.value();
            }
        };
    }

    /** The utterance of a row where each has {@code length} rows but the last. */
    static int utterance(int row, int length) {
        return row / length;
    }
}
