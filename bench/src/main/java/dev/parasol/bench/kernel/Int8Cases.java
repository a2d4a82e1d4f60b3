package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Quantized;
import dev.parasol.kernels.Quantized.Scaling;
import dev.parasol.kernels.TiledMatrix;
import java.util.Locale;
import java.util.function.IntFunction;

/** Matrix products with int8 factors or int8 weights: {@code m,n,k}, with the epilogues that layers have. */
final class Int8Cases {
    private static final int SAMPLED_ROWS = 16;
    private static final int SAMPLED_COLS = 64;
    /** Of an output that is rounded to int8 itself. */
    private static final double INT8_LIMIT = 2e-2;

    private Int8Cases() {}

    private record Sizes(int m, int n, int k, int depth) {
        Sizes(Shape shape) {
            this(shape.get(0), shape.get(1), shape.get(2), padded(shape.get(2)));
        }

        double flops() {
            return 2.0 * m * n * k;
        }

        /** Bytes of int8 factors, scales and bias. */
        double factors() {
            return (double) m * k + (double) n * k + 4.0 * m + 8.0 * n;
        }
    }

    private static int padded(int columns) {
        return (columns + Quantized.BLOCK - 1) / Quantized.BLOCK * Quantized.BLOCK;
    }

    /**
     * int8 weights, row by row for the reference, and as the product of a device takes them.
     *
     * @param tiled null where they are multiplied row by row
     */
    private record Weights(Quantized rows, TiledMatrix tiled) {
        void toFloating(Scratch on, Quantized a, long bias, Matrix residual, Matrix c) {
            if (tiled != null) {
                on.kernels().gemmS8Sm90().launch(on.stream(), a, tiled, rows.scales(), bias, residual, false, c, 0);
            } else {
                on.kernels().gemmS8().launch(on.stream(), a, rows.values(), rows.scales(), bias, residual, false, c, 0);
            }
        }

        void toInt8(Scratch on, Quantized a, long bias, Quantized c) {
            if (tiled != null) {
                on.kernels().gemmS8Sm90().launch(on.stream(), a, tiled, rows.scales(), bias, true, c, 0);
            } else {
                on.kernels().gemmS8().launch(on.stream(), a, rows.values(), rows.scales(), bias, true, c, 0);
            }
        }
    }

    /** Which instructions multiply. */
    enum Version {
        /** What the library would launch for a model's weights. */
        LIBRARY,
        /** The product by warps, which every device has. */
        WARPS;

        private String variant(String text) {
            return name().toLowerCase(Locale.ROOT) + text;
        }

        /** Whether weights are tiled for this version on the scratch's device. */
        boolean tiles(Scratch scratch) {
            return this == LIBRARY && scratch.context().properties().warpgroupProducts();
        }

        private Weights weights(Scratch scratch, Sizes s) {
            Matrix dense = scratch.normal(DataType.F32, s.n, s.k, (float) (1 / Math.sqrt(s.k)));
            Quantized rows = quantized(scratch, dense, false);
            if (!tiles(scratch)) {
                return new Weights(rows, null);
            }
            TiledMatrix tiled = new TiledMatrix(scratch.allocate((long) s.n * s.depth), DataType.I8, s.n, s.k);
            scratch.kernels().quantizeWeight().launch(scratch.stream(), dense.address(), DataType.F32, tiled, 0, s.n, rows.scales());
            return new Weights(rows, tiled);
        }
    }

    /** A scale a row of A; C in fp16, as q, k, v, or in fp32, as a decoder's feed-forward 2. */
    static KernelCase rows(Shape shape, DataType out, Version version) {
        Sizes s = new Sizes(shape);
        boolean half = out == DataType.F16;
        return new KernelCase("gemm_s8", version.variant(half ? " bias" : " bias, fp32"), shape.toString(), s.flops(), s.factors() + (double) out.bytes() * s.m * s.n,
                half ? KernelCase.HALF_LIMIT : KernelCase.FLOAT_LIMIT, scratch -> {
            Quantized a = rows(scratch, s.m, s.k, 1);
            Weights w = version.weights(scratch, s);
            long bias = scratch.normal(s.n, 1);
            Matrix c = scratch.matrix(out, s.m, s.n);
            return operands(scratch, s, () -> w.toFloating(scratch, a, bias, null, c), a, w.rows, bias, null, false, row -> new HostView(scratch).row(c, row));
        });
    }

    /** A scale a row of A; C in int8 behind ReLU, as feed-forward 1. */
    static KernelCase requantized(Shape shape, Version version) {
        Sizes s = new Sizes(shape);
        return new KernelCase("gemm_s8", version.variant(" relu, int8"), shape.toString(), s.flops(), s.factors() + (double) s.m * s.n, INT8_LIMIT, scratch -> {
            Quantized a = rows(scratch, s.m, s.k, 1);
            Weights w = version.weights(scratch, s);
            long bias = scratch.normal(s.n, 1);
            Quantized c = blocks(scratch, s.m, s.n);
            return operands(scratch, s, () -> w.toInt8(scratch, a, bias, c), a, w.rows, bias, null, true, row -> dequantized(scratch, c, row));
        });
    }

    /** A scale a row and 128 columns of A; C in fp32 with a residual, as feed-forward 2 and the attention's projection. */
    static KernelCase byBlocks(Shape shape, Version version) {
        Sizes s = new Sizes(shape);
        return new KernelCase("gemm_s8", version.variant(" blocks, residual"), shape.toString(), s.flops(), s.factors() + 8.0 * s.m * s.n, KernelCase.FLOAT_LIMIT, scratch -> {
            Matrix exact = scratch.normal(DataType.F16, s.m, s.k, 1);
            Quantized a = blocks(scratch, s.m, s.k);
            scratch.kernels().quantize().launch(scratch.stream(), exact, a, 0);
            Weights w = version.weights(scratch, s);
            long bias = scratch.normal(s.n, 1);
            Matrix residual = scratch.normal(DataType.F32, s.m, s.n, 1);
            Matrix c = scratch.matrix(DataType.F32, s.m, s.n);
            return operands(scratch, s, () -> w.toFloating(scratch, a, bias, residual, c), a, w.rows, bias, residual, false, row -> new HostView(scratch).row(c, row));
        });
    }

    /** fp16 activations, int8 weights; k is a multiple of 64. C in fp16, or in fp32 with a residual. */
    static KernelCase weights(Shape shape, boolean added) {
        Sizes s = new Sizes(shape);
        if (s.k % 64 != 0) {
            throw new IllegalArgumentException("gemm_w8 takes a k that is a multiple of 64 here, not " + s.k);
        }
        double bytes = 2.0 * s.m * s.k + (double) s.n * s.k + 8.0 * s.n + (added ? 8.0 : 2.0) * s.m * s.n;
        return new KernelCase("gemm_w8", "library" + (added ? " residual" : " bias"), shape.toString(), s.flops(), bytes, KernelCase.HALF_LIMIT, scratch -> {
            Matrix a = scratch.normal(DataType.F16, s.m, s.k, 1);
            Matrix dense = scratch.normal(DataType.F32, s.n, s.k, (float) (1 / Math.sqrt(s.k)));
            Quantized w = quantized(scratch, dense, false);
            Matrix interleaved = quantized(scratch, dense, true).values();
            long bias = scratch.normal(s.n, 1);
            Matrix residual = added ? scratch.normal(DataType.F32, s.m, s.n, 1) : null;
            Matrix c = scratch.matrix(added ? DataType.F32 : DataType.F16, s.m, s.n);
            HostView host = new HostView(scratch);
            return operands(scratch, s, () -> scratch.kernels().gemmW8().launch(scratch.stream(), a, interleaved, w.scales(), bias, residual, false, c, 0),
                    row -> host.row(a, row), w, bias, residual, false, row -> host.row(c, row));
        });
    }

    /** Random rows in int8 with a scale each. */
    private static Quantized rows(Scratch scratch, int rows, int cols, float deviation) {
        return quantized(scratch, scratch.normal(DataType.F32, rows, cols, deviation), false);
    }

    private static Quantized quantized(Scratch scratch, Matrix dense, boolean interleaved) {
        int stride = padded(dense.cols());
        Matrix values = new Matrix(scratch.allocate((long) dense.rows() * stride), DataType.I8, dense.rows(), dense.cols(), stride);
        Quantized result = new Quantized(values, scratch.allocate(4L * dense.rows()), Scaling.ROWS);
        scratch.kernels().quantizeWeight().launch(scratch.stream(), dense.address(), DataType.F32, values, interleaved, result.scales());
        return result;
    }

    private static Quantized blocks(Scratch scratch, int rows, int cols) {
        int stride = padded(cols);
        Matrix values = new Matrix(scratch.allocate((long) rows * stride), DataType.I8, rows, cols, stride);
        return new Quantized(values, scratch.allocate(4L * rows * (stride / Quantized.BLOCK)), Scaling.BLOCKS);
    }

    private static double[] dequantized(Scratch scratch, Quantized matrix, int row) {
        HostView host = new HostView(scratch);
        double[] values = host.row(matrix.values(), row);
        int count = matrix.scaleStride();
        double[] scales = host.floats(matrix.scales() + 4L * row * count, count);
        for (int c = 0; c < values.length; c++) {
            values[c] *= scales[count == 1 ? 0 : c / Quantized.BLOCK];
        }
        return values;
    }

    private static KernelCase.Operands operands(Scratch scratch, Sizes s, Runnable launch, Quantized a, Quantized w, long bias, Matrix residual, boolean relu,
            IntFunction<double[]> output) {
        return operands(scratch, s, launch, row -> dequantized(scratch, a, row), w, bias, residual, relu, output);
    }

    private static KernelCase.Operands operands(Scratch scratch, Sizes s, Runnable launch, IntFunction<double[]> left, Quantized w, long bias, Matrix residual,
            boolean relu, IntFunction<double[]> output) {
        return new KernelCase.Operands() {
            @Override
            public void launch() {
                launch.run();
            }

            @Override
            public double error() {
                HostView host = new HostView(scratch);
                HostView.Error error = new HostView.Error();
                double[] biases = host.floats(bias, s.n);
                int[] cols = HostView.samples(s.n, SAMPLED_COLS);
                double[][] weights = new double[cols.length][];
                for (int j = 0; j < cols.length; j++) {
                    weights[j] = dequantized(scratch, w, cols[j]);
                }
                for (int row : HostView.samples(s.m, SAMPLED_ROWS)) {
                    double[] factors = left.apply(row);
                    double[] actual = output.apply(row);
                    double[] added = residual == null ? new double[s.n] : host.row(residual, row);
                    for (int j = 0; j < cols.length; j++) {
                        double sum = GemmCases.dot(factors, weights[j]) + biases[cols[j]];
                        error.add((relu ? Math.max(0, sum) : sum) + added[cols[j]], actual[cols[j]]);
                    }
                }
                return error.value();
            }
        };
    }
}
