package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DataType;
import dev.parasol.kernels.GemmArgmax;
import dev.parasol.kernels.Matrix;
import java.util.Arrays;
import java.util.Locale;

/** Matrix products: {@code m,n,k}. */
final class GemmCases {
    private static final int SAMPLED_ROWS = 16;
    private static final int SAMPLED_COLS = 64;

    private GemmCases() {}

    /** What follows the product. */
    enum Epilogue {
        NONE, BIAS, RELU, RESIDUAL;

        DataType output(DataType factors) {
            return this == RESIDUAL ? DataType.F32 : factors;
        }
    }

    /** How one version of the product is launched. */
    @FunctionalInterface
    interface Launch {
        void on(Scratch scratch, Matrix a, Matrix w, long bias, Matrix residual, boolean relu, Matrix c);
    }

    /** A version of the product: makes of the weights what it wants them to be, and launches. */
    @FunctionalInterface
    interface Version {
        /** Called once for each weight matrix, outside of what is timed. */
        Launch prepare(Scratch scratch, Matrix w);
    }

    /** The launcher for any device. */
    static final Launch PLAIN = (scratch, a, w, bias, residual, relu, c) ->
            scratch.kernels().gemm().launch(scratch.stream(), a, w, bias, residual, relu, c, 0);

    static KernelCase gemm(Shape shape, DataType type, Epilogue epilogue, String variant, Version version) {
        int m = shape.get(0);
        int n = shape.get(1);
        int k = shape.get(2);
        DataType out = epilogue.output(type);
        double bytes = (double) type.bytes() * (m * (double) k + n * (double) k) + (epilogue == Epilogue.RESIDUAL ? 2.0 : 1.0) * out.bytes() * m * n
                + (epilogue == Epilogue.NONE ? 0 : 4.0 * n);
        String name = type == DataType.F16 ? "gemm" : "gemm_f32";
        String text = epilogue == Epilogue.NONE ? variant : variant + " " + epilogue.name().toLowerCase(Locale.ROOT);
        return new KernelCase(name, text, shape.toString(), 2.0 * m * n * k, bytes, type == DataType.F16 ? KernelCase.HALF_LIMIT : KernelCase.FLOAT_LIMIT,
                scratch -> operands(scratch, m, n, k, type, epilogue, version));
    }

    private static KernelCase.Operands operands(Scratch scratch, int m, int n, int k, DataType type, Epilogue epilogue, Version version) {
        int padded = (k + 63) / 64 * 64;
        Matrix a = padded(scratch, type, m, k, padded, 1);
        Matrix w = padded(scratch, type, n, k, padded, (float) (1 / Math.sqrt(k)));
        long bias = epilogue == Epilogue.NONE ? 0 : scratch.normal(n, 1);
        Matrix residual = epilogue == Epilogue.RESIDUAL ? scratch.normal(DataType.F32, m, n, 1) : null;
        Launch launch = version.prepare(scratch, w);
        // A separate output, so that repeated launches do not add up.
        Matrix c = scratch.matrix(epilogue.output(type), m, n);
        return new KernelCase.Operands() {
            @Override
            public void launch() {
                launch.on(scratch, a, w, bias, residual, epilogue == Epilogue.RELU, c);
            }

            @Override
            public double error() {
                HostView host = new HostView(scratch);
                HostView.Error error = new HostView.Error();
                double[] biases = bias == 0 ? new double[n] : host.floats(bias, n);
                int[] cols = HostView.samples(n, SAMPLED_COLS);
                double[][] weights = Arrays.stream(cols).mapToObj(col -> host.row(w, col)).toArray(double[][]::new);
                for (int row : HostView.samples(m, SAMPLED_ROWS)) {
                    double[] left = host.row(a, row);
                    double[] actual = host.row(c, row);
                    double[] added = residual == null ? new double[n] : host.row(residual, row);
                    for (int j = 0; j < cols.length; j++) {
                        double sum = dot(left, weights[j]) + biases[cols[j]];
                        error.add((epilogue == Epilogue.RELU ? Math.max(0, sum) : sum) + added[cols[j]], actual[cols[j]]);
                    }
                    // Whatever was not written is no number, and then neither is the error.
                    error.add(0, Arrays.stream(actual).anyMatch(Double::isNaN) ? Double.NaN : 0);
                }
                return error.value();
            }
        };
    }

    /** The output layer: only each row's largest element. */
    static KernelCase argmax(Shape shape, String variant) {
        int m = shape.get(0);
        int n = shape.get(1);
        int k = shape.get(2);
        double partials = 8.0 * GemmArgmax.tiles(n) * m;
        return new KernelCase("gemm_argmax", variant, shape.toString(), 2.0 * m * n * k, 2.0 * (m * (double) k + n * (double) k) + 4.0 * n + 2 * partials + 8.0 * m,
                KernelCase.HALF_LIMIT, scratch -> argmax(scratch, m, n, k));
    }

    private static KernelCase.Operands argmax(Scratch scratch, int m, int n, int k) {
        int padded = (k + 63) / 64 * 64;
        Matrix a = padded(scratch, DataType.F16, m, k, padded, 1);
        Matrix w = padded(scratch, DataType.F16, n, k, padded, (float) (1 / Math.sqrt(k)));
        long bias = scratch.normal(n, 0.1f);
        int tiles = GemmArgmax.tiles(n);
        long partialValues = scratch.allocate(4L * tiles * m);
        long partialIds = scratch.allocate(4L * tiles * m);
        long ids = scratch.allocate(4L * m);
        long values = scratch.allocate(4L * m);
        return new KernelCase.Operands() {
            @Override
            public void launch() {
                scratch.kernels().gemmArgmax().launch(scratch.stream(), a, w, bias, partialValues, partialIds, 0);
                scratch.kernels().gemmArgmax().reduce(scratch.stream(), partialValues, partialIds, ids, values, m, tiles, 0);
            }

            /** How far the chosen element is below the largest, and its value from what it should be. */
            @Override
            public double error() {
                HostView host = new HostView(scratch);
                HostView.Error error = new HostView.Error();
                double[] biases = host.floats(bias, n);
                int[] chosen = scratch.download(ids, m);
                double[] best = host.floats(values, m);
                double[][] weights = host.rows(w, 0, n);
                for (int row : HostView.samples(m, SAMPLED_ROWS / 4)) {
                    double[] left = host.row(a, row);
                    double largest = Double.NEGATIVE_INFINITY;
                    for (int col = 0; col < n; col++) {
                        largest = Math.max(largest, dot(left, weights[col]) + biases[col]);
                    }
                    boolean valid = chosen[row] >= 0 && chosen[row] < n;
                    error.add(largest, valid ? dot(left, weights[chosen[row]]) + biases[chosen[row]] : Double.NaN);
                    error.add(largest, best[row]);
                }
                return error.value();
            }
        };
    }

    private static Matrix padded(Scratch scratch, DataType type, int rows, int cols, int stride, float deviation) {
        if (stride == cols) {
            return scratch.normal(type, rows, cols, deviation);
        }
        Matrix dense = scratch.normal(DataType.F32, rows, cols, deviation);
        Matrix half = new Matrix(scratch.allocate((long) rows * stride * 2), DataType.F16, rows, cols, stride);
        scratch.kernels().convert().launch(scratch.stream(), dense, half, 0);
        if (type == DataType.F16) {
            return half;
        }
        Matrix wide = new Matrix(scratch.allocate((long) rows * stride * 4), DataType.F32, rows, cols, stride);
        scratch.kernels().convert().launch(scratch.stream(), half, wide, 0);
        return wide;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
