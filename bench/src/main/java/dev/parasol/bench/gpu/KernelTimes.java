package dev.parasol.bench.gpu;

import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Ragged;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The encoder's kernels alone, with random operands, and the device's copy bandwidth beside them. */
final class KernelTimes {
    private static final double TERA = 1e12;
    private static final double GIGA = 1e9;
    private static final float EPSILON = 1e-5f;

    private final Scratch scratch;
    private final Sizes sizes;
    private final Measurements measurements;
    private final DeviceTimer timer;

    KernelTimes(Scratch scratch, Sizes sizes, Measurements measurements) {
        this.scratch = scratch;
        this.sizes = sizes;
        this.measurements = measurements;
        this.timer = new DeviceTimer(scratch, sizes.launches(), sizes.samples());
    }

    /** Takes all of them. */
    void take() {
        copy();
        int d = sizes.width();
        gemm("qkv", 3 * d, d, false, false);
        gemm("attention output, residual", d, d, false, true);
        gemm("feed-forward 1, relu", sizes.ffn(), d, true, false);
        gemm("feed-forward 2, residual", d, sizes.ffn(), false, true);
        for (int seconds : new int[] {5, 15, 60}) {
            attention(seconds);
        }
        layerNorm();
    }

    private void copy() {
        long bytes = sizes.copyBytes();
        long from = scratch.normal(bytes / Float.BYTES, 1);
        long to = scratch.allocate(bytes);
        Timing timing = timer.time(i -> scratch.stream().copyOnDevice(to, from, bytes));
        measurements.add("device copy of " + (bytes >> 20) + " MiB, bytes read and written", timing, timing.rate(2.0 * bytes) / GIGA, "GB/s");
        scratch.free();
    }

    private void gemm(String name, int n, int k, boolean relu, boolean residual) {
        int m = sizes.frames();
        DataType outType = residual ? DataType.F32 : DataType.F16;
        int sets = sizes.sets((long) m * k * 2 + (long) n * k * 2 + (long) m * n * outType.bytes());
        List<Matrix> a = new ArrayList<>();
        List<Matrix> w = new ArrayList<>();
        List<Matrix> c = new ArrayList<>();
        for (int i = 0; i < sets; i++) {
            a.add(scratch.normal(DataType.F16, m, k, 1));
            w.add(scratch.normal(DataType.F16, n, k, (float) (1 / Math.sqrt(k))));
            c.add(residual ? scratch.normal(DataType.F32, m, n, 1) : scratch.matrix(outType, m, n));
        }
        long bias = scratch.normal(n, 1);
        Timing timing = timer.time(i -> scratch.kernels().gemm().launch(scratch.stream(), a.get(i % sets), w.get(i % sets), bias,
                residual ? c.get(i % sets) : null, relu, c.get(i % sets), 0));
        measurements.add(String.format(Locale.ROOT, "fp16 GEMM %d x %d x %d, %s", m, n, k, name), timing, timing.rate(2.0 * m * n * k) / TERA, "TFLOP/s");
        scratch.free();
    }

    private void attention(int seconds) {
        int d = sizes.width();
        int[] lengths = Segments.of(sizes.frames(), (int) Math.round(seconds * sizes.framesPerSecond()));
        int sets = sizes.sets(4L * sizes.frames() * d * 2);
        List<Matrix> qkv = new ArrayList<>();
        List<Matrix> output = new ArrayList<>();
        for (int i = 0; i < sets; i++) {
            qkv.add(scratch.normal(DataType.F16, sizes.frames(), 3 * d, 1));
            output.add(scratch.matrix(DataType.F16, sizes.frames(), d));
        }
        Ragged rows = scratch.ragged(lengths);
        Timing timing = timer.time(i -> {
            Matrix all = qkv.get(i % sets);
            scratch.kernels().attention().launch(scratch.stream(), Sizes.HEADS, part(all, 0, d), rows, part(all, 1, d), part(all, 2, d), rows, output.get(i % sets));
        });
        double work = 0;
        for (int length : lengths) {
            work += 4.0 * length * length * d;
        }
        measurements.add(String.format(Locale.ROOT, "fp16 attention, %d frames in %d segments of %d", sizes.frames(), lengths.length, lengths[0]), timing,
                timing.rate(work) / TERA, "TFLOP/s");
        scratch.free();
    }

    private static Matrix part(Matrix qkv, int index, int width) {
        return new Matrix(qkv.address() + (long) index * width * qkv.type().bytes(), qkv.type(), qkv.rows(), width, qkv.stride());
    }

    private void layerNorm() {
        int rows = sizes.frames();
        int d = sizes.width();
        long bytes = (long) rows * d * (DataType.F32.bytes() + DataType.F16.bytes());
        int sets = sizes.sets(bytes);
        List<Matrix> input = new ArrayList<>();
        List<Matrix> output = new ArrayList<>();
        for (int i = 0; i < sets; i++) {
            input.add(scratch.normal(DataType.F32, rows, d, 1));
            output.add(scratch.matrix(DataType.F16, rows, d));
        }
        long gamma = scratch.normal(d, 1);
        long beta = scratch.normal(d, 1);
        Timing timing = timer.time(i -> scratch.kernels().layerNorm().launch(scratch.stream(), input.get(i % sets), gamma, beta, output.get(i % sets), null, 0, EPSILON));
        measurements.add(String.format(Locale.ROOT, "layer norm %d x %d, fp32 in, fp16 out", rows, d), timing, timing.rate(bytes) / GIGA, "GB/s");
        scratch.free();
    }
}
