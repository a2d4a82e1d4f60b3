package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import dev.parasol.bench.account.Accounting;
import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Ragged;

/** Self-attention over a ragged batch: {@code frames,segment,heads,head size}. */
final class AttentionCase {
    private static final int SAMPLED_ROWS = 12;

    private AttentionCase() {}

    static KernelCase of(Shape shape, DataType type, String variant) {
        int[] lengths = Segments.of(shape.get(0), shape.get(1));
        int heads = shape.get(2);
        int width = heads * shape.get(3);
        double flops = 0;
        for (int length : lengths) {
            flops += Accounting.attentionFlops(length, length, width);
        }
        return new KernelCase(type == DataType.F16 ? "attention" : "attention_f32", variant, shape.toString(), flops, 4.0 * shape.get(0) * width * type.bytes(),
                type == DataType.F16 ? KernelCase.HALF_LIMIT : KernelCase.FLOAT_LIMIT, scratch -> operands(scratch, lengths, heads, width, type));
    }

    private static KernelCase.Operands operands(Scratch scratch, int[] lengths, int heads, int width, DataType type) {
        Ragged rows = scratch.ragged(lengths);
        Matrix qkv = scratch.normal(type, rows.rows(), 3 * width, 1);
        Matrix output = scratch.matrix(type, rows.rows(), width);
        return new KernelCase.Operands() {
            @Override
            public void launch() {
                scratch.kernels().attention().launch(scratch.stream(), heads, part(qkv, 0, width), rows, part(qkv, 1, width), part(qkv, 2, width), rows, output);
            }

            @Override
            public double error() {
                HostView host = new HostView(scratch);
                HostView.Error error = new HostView.Error();
                int first = 0;
                int each = Math.max(1, SAMPLED_ROWS / lengths.length);
                for (int b = 0; b < Math.min(lengths.length, SAMPLED_ROWS); b++) {
                    double[][] all = host.rows(qkv, first, first + lengths[b]);
                    for (int row : HostView.samples(lengths[b], each)) {
                        error.add(attend(all, row, heads, width), host.row(output, first + row));
                    }
                    first += lengths[b];
                }
                return error.value();
            }
        };
    }

    private static double[] attend(double[][] qkv, int row, int heads, int width) {
        int size = width / heads;
        double[] output = new double[width];
        for (int head = 0; head < heads; head++) {
            double[] scores = new double[qkv.length];
            double largest = Double.NEGATIVE_INFINITY;
            for (int t = 0; t < qkv.length; t++) {
                for (int c = head * size; c < (head + 1) * size; c++) {
                    scores[t] += qkv[row][c] * qkv[t][width + c] / Math.sqrt(size);
                }
                largest = Math.max(largest, scores[t]);
            }
            double sum = 0;
            for (int t = 0; t < qkv.length; t++) {
                scores[t] = Math.exp(scores[t] - largest);
                sum += scores[t];
            }
            for (int t = 0; t < qkv.length; t++) {
                for (int c = head * size; c < (head + 1) * size; c++) {
                    output[c] += scores[t] / sum * qkv[t][2 * width + c];
                }
            }
        }
        return output;
    }

    private static Matrix part(Matrix qkv, int index, int width) {
        return new Matrix(qkv.address() + (long) index * width * qkv.type().bytes(), qkv.type(), qkv.rows(), width, qkv.stride());
    }
}
