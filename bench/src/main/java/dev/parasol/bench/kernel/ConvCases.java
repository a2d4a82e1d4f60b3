package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Conv;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Ragged;

/** The convolution of the speaker network, its bias and ReLU: {@code rows,segment,frequencies,channels in,channels out,taps over time,taps over frequency}. */
final class ConvCases {
    private ConvCases() {}

    static KernelCase conv(Shape shape, String variant) {
        int rows = shape.get(0);
        int segment = shape.get(1);
        Conv.Shape conv = new Conv.Shape(shape.get(2), shape.get(3), shape.get(4), shape.get(5), shape.get(6), 1, 1, 1);
        double positions = (double) rows * conv.fOut();
        int weights = conv.tapsT() * conv.tapsF() * conv.cIn() * conv.cOut();
        return new KernelCase("conv", variant, shape.toString(), 2 * positions * weights, 4 * (positions * (conv.cIn() + conv.cOut()) + weights + conv.cOut()),
                KernelCase.FLOAT_LIMIT, scratch -> {
            Ragged ragged = scratch.ragged(Segments.of(rows, segment));
            Matrix input = scratch.normal(DataType.F32, rows, conv.fIn() * conv.cIn(), 1);
            Matrix output = scratch.matrix(DataType.F32, rows, conv.fOut() * conv.cOut());
            long weight = scratch.normal(weights, 1);
            long bias = scratch.normal(conv.cOut(), 1);
            return Rows.of(scratch, () -> scratch.kernels().conv().launch(scratch.stream(), conv, new Conv.Slice(input, 0), ragged.offsets(), weight, bias, 0, null, true,
                    new Conv.Slice(output, 0), ragged, 0, rows), output, row -> row(scratch, conv, segment, input, weight, bias, row));
        });
    }

    private static double[] row(Scratch scratch, Conv.Shape conv, int segment, Matrix input, long weight, long bias, int row) {
        HostView host = new HostView(scratch);
        double[] weights = host.floats(weight, conv.tapsT() * conv.tapsF() * conv.cIn() * conv.cOut());
        double[] biases = host.floats(bias, conv.cOut());
        double[] y = new double[conv.fOut() * conv.cOut()];
        for (int i = 0; i < y.length; i++) {
            y[i] = biases[i % conv.cOut()];
        }
        for (int t = 0; t < conv.tapsT(); t++) {
            int from = row + t - conv.tapsT() / 2;
            if (from < 0 || from >= input.rows() || Rows.utterance(from, segment) != Rows.utterance(row, segment)) {
                continue;
            }
            double[] x = host.row(input, from);
            for (int i = 0; i < y.length; i++) {
                for (int s = 0; s < conv.tapsF(); s++) {
                    int f = i / conv.cOut() + s - conv.tapsF() / 2;
                    for (int c = 0; c < conv.cIn() && f >= 0 && f < conv.fIn(); c++) {
                        y[i] += x[f * conv.cIn() + c] * weights[((t * conv.tapsF() + s) * conv.cIn() + c) * conv.cOut() + i % conv.cOut()];
                    }
                }
            }
        }
        for (int i = 0; i < y.length; i++) {
            y[i] = Math.max(y[i], 0);
        }
        return y;
    }
}
