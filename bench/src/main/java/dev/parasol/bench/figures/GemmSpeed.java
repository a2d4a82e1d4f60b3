package dev.parasol.bench.figures;

import dev.parasol.bench.DeviceOption;
import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Gemm;
import dev.parasol.kernels.Matrix;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code gemm-speed}: the fp16 matrix product's GFLOP/s, a line for each shape; a process for {@link GemmFigure}. */
@Command(name = "gemm-speed", hidden = true, description = "GFLOP/s of the fp16 matrix product: m n k rate.")
public final class GemmSpeed implements Callable<Integer> {
    private static final long SHORTEST_NANOS = 500_000_000;

    /** A product {@code [m, k] [n, k]ᵀ}. */
    record Shape(int m, int n, int k) {
        double flops() {
            return 2.0 * m * n * k;
        }

        @Override
        public String toString() {
            return m + " x " + n + " x " + k;
        }
    }

    /** Single rows, and the encoder's products over one and ten seconds of audio. */
    static final List<Shape> SHAPES = List.of(new Shape(1, 512, 512), new Shape(17, 1536, 512), new Shape(167, 512, 512), new Shape(167, 1536, 512),
            new Shape(167, 2048, 512), new Shape(167, 512, 2048));

    @Mixin
    DeviceOption device;

    @Override
    public Integer call() {
        try (Scratch scratch = new Scratch(device.select())) {
            for (Shape shape : SHAPES) {
                System.out.printf(Locale.ROOT, "%d %d %d %.3f%n", shape.m(), shape.n(), shape.k(), gigaflops(scratch, shape));
                scratch.free();
            }
        }
        return 0;
    }

    private static double gigaflops(Scratch scratch, Shape shape) {
        Gemm gemm = scratch.kernels().gemm();
        Matrix a = scratch.normal(DataType.F16, shape.m(), shape.k(), 1);
        Matrix w = scratch.normal(DataType.F16, shape.n(), shape.k(), 1);
        Matrix c = scratch.matrix(DataType.F16, shape.m(), shape.n());
        gemm.launch(scratch.stream(), a, w, 0, null, false, c, 0);
        scratch.stream().synchronize();
        long start = System.nanoTime();
        int launches = 0;
        do {
            gemm.launch(scratch.stream(), a, w, 0, null, false, c, 0);
            scratch.stream().synchronize();
            launches++;
        } while (System.nanoTime() - start < SHORTEST_NANOS);
        return launches * shape.flops() / (System.nanoTime() - start);
    }
}
