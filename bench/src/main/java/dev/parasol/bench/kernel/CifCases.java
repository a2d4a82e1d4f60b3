package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Ragged;
import java.nio.FloatBuffer;
import java.util.Random;

/** Continuous integrate-and-fire: {@code rows,columns,segment}; weights as of speech with five tokens a second. */
final class CifCases {
    private static final float TAIL = 0.45f;
    private static final double MEAN_WEIGHT = 0.3;

    private CifCases() {}

    static KernelCase alpha(Shape shape, String variant) {
        int rows = shape.get(0);
        int cols = shape.get(1);
        return new KernelCase("cif_alpha", variant, shape.toString(), 2.0 * rows * cols, 4.0 * rows * cols + 4.0 * rows, KernelCase.FLOAT_LIMIT, scratch -> {
            int[] lengths = Segments.of(rows, shape.get(2));
            Ragged frames = scratch.ragged(lengths);
            Matrix hidden = scratch.normal(DataType.F32, rows, cols, 1);
            long weight = scratch.normal(cols, (float) (1 / Math.sqrt(cols)));
            long bias = scratch.normal(1, 1);
            Matrix alphas = scratch.matrix(DataType.F32, rows + lengths.length, 1);
            return Rows.of(scratch, () -> scratch.kernels().cifAlpha().launch(scratch.stream(), hidden, weight, bias, frames, 1, 0, TAIL, alphas.address()), alphas,
                    item -> {
                        HostView host = new HostView(scratch);
                        int b = Math.min(item / (shape.get(2) + 1), lengths.length - 1);
                        int t = item - b * (shape.get(2) + 1);
                        if (t == lengths[b]) {
                            return new double[] {TAIL};
                        }
                        double logit = GemmCases.dot(host.row(hidden, item - b), host.floats(weight, cols)) + host.floats(bias, 1)[0];
                        return new double[] {1 / (1 + Math.exp(-logit))};
                    });
        });
    }

    /** The firing alone: weights in, frames of the tokens out. The check is the number of tokens and where they fire. */
    static KernelCase fire(Shape shape, String variant) {
        int rows = shape.get(0);
        return new KernelCase("cif_fire", variant, shape.toString(), rows, 16.0 * rows, 0, scratch -> {
            Fired fired = new Fired(scratch, Segments.of(rows, shape.get(2)));
            return new KernelCase.Operands() {
                @Override
                public void launch() {
                    fired.launch();
                }

                @Override
                public double error() {
                    return fired.wrong();
                }
            };
        });
    }

    static KernelCase embed(Shape shape, String variant) {
        int rows = shape.get(0);
        int cols = shape.get(1);
        double tokens = rows * MEAN_WEIGHT;
        return new KernelCase("cif_embed", variant, shape.toString(), 2.0 * rows * cols, 4.0 * cols * (rows + tokens), KernelCase.FLOAT_LIMIT, scratch -> {
            Fired fired = new Fired(scratch, Segments.of(rows, shape.get(2)));
            fired.launch();
            long tokenOffsets = scratch.allocate(4L * (fired.lengths.length + 1));
            scratch.kernels().tokenOffsets().launch(scratch.stream(), fired.counts, fired.lengths.length, tokenOffsets);
            int[] offsets = scratch.download(tokenOffsets, fired.lengths.length + 1);
            int count = offsets[fired.lengths.length];
            Matrix hidden = scratch.normal(DataType.F32, rows, cols, 1);
            Matrix embeds = scratch.matrix(DataType.F32, rows, cols);
            Matrix known = new Matrix(embeds.address(), DataType.F32, count, cols, cols);
            Ragged tokensOf = new Ragged(tokenOffsets, fired.lengths.length, rows);
            return Rows.of(scratch, () -> scratch.kernels().cifEmbed().launch(scratch.stream(), hidden, fired.alphas, fired.fires, fired.remainders,
                    fired.frames.offsets(), tokensOf, embeds), known, token -> fired.embedding(hidden, offsets, token));
        });
    }

    /** Weights of a batch and what fires. */
    private static final class Fired {
        private final Scratch scratch;
        private final int[] lengths;
        private final Ragged frames;
        private final float[] host;
        private final long alphas;
        private final long peaks;
        private final long fires;
        private final long remainders;
        private final long counts;

        Fired(Scratch scratch, int[] lengths) {
            this.scratch = scratch;
            this.lengths = lengths;
            this.frames = scratch.ragged(lengths);
            this.host = new float[frames.rows() + lengths.length];
            Random random = new Random(frames.rows());
            for (int i = 0; i < host.length; i++) {
                host[i] = (float) (2 * MEAN_WEIGHT * random.nextDouble());
            }
            this.alphas = upload(host);
            this.peaks = scratch.allocate(4L * host.length);
            this.fires = scratch.allocate(4L * frames.rows());
            this.remainders = scratch.allocate(4L * frames.rows());
            this.counts = scratch.allocate(4L * lengths.length);
        }

        private long upload(float[] values) {
            long address = scratch.allocate(4L * values.length);
            try (HostBuffer buffer = scratch.context().allocateHost(4L * values.length)) {
                FloatBuffer floats = buffer.bytes().asFloatBuffer();
                floats.put(values);
                scratch.stream().copyToDevice(address, buffer, 0, buffer.size());
                scratch.stream().synchronize();
            }
            return address;
        }

        void launch() {
            scratch.kernels().cifFire().launch(scratch.stream(), alphas, frames, false, peaks, fires, remainders, counts);
        }

        /** Tokens that fired at another frame than exact sums do, or not at all. A sum that is whole but for rounding is left out. */
        double wrong() {
            int[] actualCounts = scratch.download(counts, lengths.length);
            int[] actual = scratch.download(fires, frames.rows());
            int wrong = 0;
            int first = 0;
            for (int b = 0; b < lengths.length; b++) {
                double sum = 0;
                int k = 0;
                for (int t = 0; t <= lengths[b]; t++) {
                    double before = Math.floor((float) sum);
                    sum += host[first + b + t];
                    if (Math.floor((float) sum) > before && k < lengths[b]) {
                        wrong += k >= actualCounts[b] || actual[first + k] != t ? 1 : 0;
                        k++;
                    }
                }
                wrong += k == actualCounts[b] ? 0 : 1;
                first += lengths[b];
            }
            return wrong;
        }

        /** A token's embedding from where tokens fired. */
        double[] embedding(Matrix hidden, int[] offsets, int token) {
            int b = 0;
            int first = 0;
            while (offsets[b + 1] <= token) {
                first += lengths[b];
                b++;
            }
            int k = token - offsets[b];
            HostView view = new HostView(scratch);
            int[] at = scratch.download(fires, frames.rows());
            double[] left = view.floats(remainders, frames.rows());
            double[] sum = new double[hidden.cols()];
            int before = k == 0 ? -1 : at[first + k - 1];
            int fire = at[first + k];
            if (before >= 0) {
                add(sum, left[first + k - 1], view.row(hidden, first + before));
            }
            for (int t = before + 1; t < fire; t++) {
                add(sum, host[first + b + t], view.row(hidden, first + t));
            }
            if (fire < lengths[b]) {
                add(sum, host[first + b + fire] - left[first + k], view.row(hidden, first + fire));
            }
            return sum;
        }

        private static void add(double[] sum, double weight, double[] row) {
            for (int c = 0; c < sum.length; c++) {
                sum[c] += weight * row[c];
            }
        }
    }
}
