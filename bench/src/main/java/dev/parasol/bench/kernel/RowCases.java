package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Ragged;
import java.util.Arrays;

/** Kernels that work by rows: {@code rows,columns}, or {@code rows,columns,segment} where utterances matter. */
final class RowCases {
    private static final float EPSILON = 1e-5f;
    private static final int TAPS = 11;
    private static final int LEFT = 5;
    private static final int UNFOLD_WIDTH = 3;

    private RowCases() {}

    static KernelCase layerNorm(Shape shape, String variant) {
        int rows = shape.get(0);
        int cols = shape.get(1);
        return new KernelCase("layer_norm", variant, shape.toString(), 8.0 * rows * cols, rows * (double) cols * 6 + 8.0 * cols, KernelCase.HALF_LIMIT, scratch -> {
            Matrix input = scratch.normal(DataType.F32, rows, cols, 1);
            Matrix output = scratch.matrix(DataType.F16, rows, cols);
            long gamma = scratch.normal(cols, 1);
            long beta = scratch.normal(cols, 1);
            return Rows.of(scratch, () -> scratch.kernels().layerNorm().launch(scratch.stream(), input, gamma, beta, output, null, 0, EPSILON), output, row -> {
                HostView host = new HostView(scratch);
                return normed(host.row(input, row), host.floats(gamma, cols), host.floats(beta, cols));
            });
        });
    }

    private static double[] normed(double[] x, double[] gamma, double[] beta) {
        double mean = Arrays.stream(x).average().orElse(0);
        double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElse(0);
        double[] y = new double[x.length];
        for (int c = 0; c < x.length; c++) {
            y[c] = (x[c] - mean) / Math.sqrt(variance + EPSILON) * gamma[c] + beta[c];
        }
        return y;
    }

    static KernelCase fsmn(Shape shape, String variant) {
        int rows = shape.get(0);
        int cols = shape.get(1);
        int segment = shape.get(2);
        return new KernelCase("fsmn", variant, shape.toString(), 2.0 * rows * cols * (TAPS + 1), rows * (double) cols * (2 + 4 + 4) + 4.0 * TAPS * cols,
                KernelCase.FLOAT_LIMIT, scratch -> {
            Ragged ragged = scratch.ragged(Segments.of(rows, segment));
            // As in a layer: the last third of a wide row.
            Matrix wide = scratch.normal(DataType.F16, rows, 3 * cols, 1);
            Matrix input = new Matrix(wide.address() + 4L * cols, DataType.F16, rows, cols, 3 * cols);
            Matrix residual = scratch.normal(DataType.F32, rows, cols, 1);
            Matrix output = scratch.matrix(DataType.F32, rows, cols);
            long weight = scratch.normal((long) TAPS * cols, 0.3f);
            return Rows.of(scratch, () -> scratch.kernels().fsmn().launch(scratch.stream(), input, weight, TAPS, LEFT, residual, ragged, output), output, row -> {
                HostView host = new HostView(scratch);
                return remembered(host, input, weight, host.row(residual, row), row, segment);
            });
        });
    }

    /** FSMN memory added to the residual stream, and the norm behind it. Launched again, x grows: the check is of the first launch. */
    static KernelCase fsmnNorm(Shape shape, String variant) {
        int rows = shape.get(0);
        int cols = shape.get(1);
        int segment = shape.get(2);
        return new KernelCase("fsmn_norm", variant, shape.toString(), 2.0 * rows * cols * (TAPS + 1) + 8.0 * rows * cols, rows * (double) cols * (2 + 4 + 4 + 2) + 4.0 * (TAPS + 2) * cols,
                KernelCase.HALF_LIMIT, scratch -> {
            Ragged ragged = scratch.ragged(Segments.of(rows, segment));
            Matrix wide = scratch.normal(DataType.F16, rows, 3 * cols, 1);
            Matrix input = new Matrix(wide.address() + 4L * cols, DataType.F16, rows, cols, 3 * cols);
            Matrix before = scratch.normal(DataType.F32, rows, cols, 1);
            Matrix x = scratch.matrix(DataType.F32, rows, cols);
            scratch.stream().copyOnDevice(x.address(), before.address(), 4L * rows * cols);
            Matrix norm = scratch.matrix(DataType.F16, rows, cols);
            long weight = scratch.normal((long) TAPS * cols, 0.01f);
            long gamma = scratch.normal(cols, 1);
            long beta = scratch.normal(cols, 1);
            return Rows.of(scratch, () -> scratch.kernels().fsmnNorm().launch(scratch.stream(), input, weight, TAPS, LEFT, ragged, x, gamma, beta, EPSILON, norm), norm, row -> {
                HostView host = new HostView(scratch);
                double[] sum = remembered(host, input, weight, host.row(before, row), row, segment);
                return normed(sum, host.floats(gamma, cols), host.floats(beta, cols));
            });
        });
    }

    /** The residual, the row itself and its taps within its utterance. */
    private static double[] remembered(HostView host, Matrix input, long weight, double[] residual, int row, int segment) {
        int cols = input.cols();
        double[] weights = host.floats(weight, TAPS * cols);
        double[] y = residual;
        double[] own = host.row(input, row);
        for (int c = 0; c < cols; c++) {
            y[c] += own[c];
        }
        for (int j = 0; j < TAPS; j++) {
            int from = row + j - LEFT;
            if (from < 0 || from >= input.rows() || Rows.utterance(from, segment) != Rows.utterance(row, segment)) {
                continue;
            }
            double[] x = host.row(input, from);
            for (int c = 0; c < cols; c++) {
                y[c] += weights[j * cols + c] * x[c];
            }
        }
        return y;
    }

    static KernelCase logSoftmax(Shape shape, String variant) {
        int rows = shape.get(0);
        int cols = shape.get(1);
        return new KernelCase("log_softmax", variant, shape.toString(), 5.0 * rows * cols, 8.0 * rows * cols, KernelCase.FLOAT_LIMIT, scratch -> {
            Matrix input = scratch.normal(DataType.F32, rows, cols, 3);
            Matrix output = scratch.matrix(DataType.F32, rows, cols);
            return Rows.of(scratch, () -> scratch.kernels().logSoftmax().launch(scratch.stream(), input, output, 0), output, row -> {
                double[] x = new HostView(scratch).row(input, row);
                double largest = Arrays.stream(x).max().orElse(0);
                double total = largest + Math.log(Arrays.stream(x).map(v -> Math.exp(v - largest)).sum());
                return Arrays.stream(x).map(v -> v - total).toArray();
            });
        });
    }

    static KernelCase positionEncode(Shape shape, String variant) {
        int rows = shape.get(0);
        int cols = shape.get(1);
        int segment = shape.get(2);
        float scale = 22.5f;
        return new KernelCase("position_encode", variant, shape.toString(), 4.0 * rows * cols, 8.0 * rows * cols, KernelCase.FLOAT_LIMIT, scratch -> {
            Ragged ragged = scratch.ragged(Segments.of(rows, segment));
            Matrix input = scratch.normal(DataType.F32, rows, cols, 1);
            Matrix output = scratch.matrix(DataType.F32, rows, cols);
            return Rows.of(scratch, () -> scratch.kernels().positionEncode().launch(scratch.stream(), input, ragged, scale, output), output, row -> {
                double[] y = new HostView(scratch).row(input, row);
                int half = cols / 2;
                double increment = Math.log(10_000) / (half - 1);
                for (int c = 0; c < cols; c++) {
                    double angle = (row % segment + 1) * Math.exp(-increment * (c % half));
                    y[c] = y[c] * scale + (c < half ? Math.sin(angle) : Math.cos(angle));
                }
                return y;
            });
        });
    }

    static KernelCase unfold(Shape shape, String variant) {
        int rows = shape.get(0);
        int cols = shape.get(1);
        int segment = shape.get(2);
        return new KernelCase("unfold", variant, shape.toString(), 0, 2.0 * rows * cols * (1 + UNFOLD_WIDTH), 0, scratch -> {
            Ragged ragged = scratch.ragged(Segments.of(rows, segment));
            Matrix input = scratch.normal(DataType.F16, rows, cols, 1);
            Matrix output = scratch.matrix(DataType.F16, rows, UNFOLD_WIDTH * cols);
            return Rows.of(scratch, () -> scratch.kernels().unfold().launch(scratch.stream(), input, ragged, 1, UNFOLD_WIDTH, output), output, row -> {
                double[] y = new double[UNFOLD_WIDTH * cols];
                for (int j = 0; j < UNFOLD_WIDTH; j++) {
                    int from = row + j - 1;
                    if (from >= 0 && from < rows && Rows.utterance(from, segment) == Rows.utterance(row, segment)) {
                        System.arraycopy(new HostView(scratch).row(input, from), 0, y, j * cols, cols);
                    }
                }
                return y;
            });
        });
    }

    static KernelCase convert(Shape shape, String variant) {
        int rows = shape.get(0);
        int cols = shape.get(1);
        return new KernelCase("convert", variant, shape.toString(), 0, 6.0 * rows * cols, 0, scratch -> {
            Matrix input = scratch.normal(DataType.F32, rows, cols, 1);
            Matrix output = scratch.matrix(DataType.F16, rows, cols);
            return Rows.of(scratch, () -> scratch.kernels().convert().launch(scratch.stream(), input, output, 0), output, row ->
                    Arrays.stream(new HostView(scratch).row(input, row)).map(v -> Half.toFloat(Half.fromFloat((float) v))).toArray());
        });
    }
}
