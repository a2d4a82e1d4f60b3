package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Ragged;

/** The recurrent part of a direction of the timestamp head's LSTM: {@code frames,segment,hidden}, three steps a frame. */
final class LstmCases {
    private static final int REPEAT = 3;
    /** Steps that are computed in double precision, of the first utterance and of the last one. */
    private static final int CHECKED = 60;

    private LstmCases() {}

    static KernelCase lstm(Shape shape, String variant) {
        int frames = shape.get(0);
        int hidden = shape.get(2);
        double steps = (double) REPEAT * frames;
        return new KernelCase("lstm", variant, shape.toString(), 8 * steps * hidden * hidden, 2 * (5 * steps * hidden + 4.0 * hidden * hidden), KernelCase.HALF_LIMIT, scratch -> {
            int[] lengths = Segments.of(frames, shape.get(1));
            Ragged ragged = scratch.ragged(lengths);
            Matrix gates = scratch.normal(DataType.F16, REPEAT * frames, 4 * hidden, 1);
            Matrix weight = scratch.normal(DataType.F16, hidden, 4 * hidden, (float) (1 / Math.sqrt(hidden)));
            long bias = scratch.normal(4L * hidden, 1);
            Matrix output = scratch.matrix(DataType.F16, REPEAT * frames, hidden);
            return new KernelCase.Operands() {
                @Override
                public void launch() {
                    scratch.kernels().lstm().launch(scratch.stream(), gates, weight, bias, ragged, REPEAT, false, output);
                }

                @Override
                public double error() {
                    HostView host = new HostView(scratch);
                    HostView.Error error = new HostView.Error();
                    int last = lengths[lengths.length - 1];
                    compare(host, error, gates, weight, bias, output, 0, Math.min(CHECKED, REPEAT * lengths[0]));
                    compare(host, error, gates, weight, bias, output, REPEAT * (frames - last), Math.min(CHECKED, REPEAT * last));
                    return error.value();
                }
            };
        });
    }

    /** Steps of an utterance from its first one on. */
    private static void compare(HostView host, HostView.Error error, Matrix gates, Matrix weight, long bias, Matrix output, int first, int steps) {
        int hidden = weight.rows();
        double[][] weights = host.rows(weight, 0, hidden);
        double[] biases = host.floats(bias, 4 * hidden);
        double[] state = new double[hidden];
        double[] cell = new double[hidden];
        for (int row = first; row < first + steps; row++) {
            double[] sum = host.row(gates, row);
            for (int g = 0; g < sum.length; g++) {
                sum[g] += biases[g];
            }
            for (int k = 0; k < hidden; k++) {
                for (int g = 0; g < sum.length; g++) {
                    sum[g] += state[k] * weights[k][g];
                }
            }
            for (int u = 0; u < hidden; u++) {
                cell[u] = sigmoid(sum[hidden + u]) * cell[u] + sigmoid(sum[u]) * Math.tanh(sum[2 * hidden + u]);
                state[u] = sigmoid(sum[3 * hidden + u]) * Math.tanh(cell[u]);
            }
            error.add(state, host.row(output, row));
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
