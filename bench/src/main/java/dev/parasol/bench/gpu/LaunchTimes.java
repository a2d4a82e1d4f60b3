package dev.parasol.bench.gpu;

import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Matrix;

/** What one launch costs the host: a small kernel enqueued many times, waited for outside the measured time. */
final class LaunchTimes {
    private static final int LAUNCHES = 500;

    private LaunchTimes() {}

    static void take(Scratch scratch, Sizes sizes, Measurements measurements) {
        Matrix from = scratch.normal(DataType.F32, 1, 32, 1);
        Matrix to = scratch.matrix(DataType.F16, 1, 32);
        double[] micros = new double[sizes.samples()];
        for (int sample = -sizes.samples(); sample < sizes.samples(); sample++) {
            scratch.stream().synchronize();
            long start = System.nanoTime();
            for (int i = 0; i < LAUNCHES; i++) {
                scratch.kernels().convert().launch(scratch.stream(), from, to, 0);
            }
            double elapsed = (System.nanoTime() - start) / 1e3 / LAUNCHES;
            if (sample >= 0) {
                micros[sample] = elapsed;
            }
        }
        scratch.free();
        measurements.add("host time of a launch, checks and arguments included", Timing.of(micros), Double.NaN, "");
    }
}
