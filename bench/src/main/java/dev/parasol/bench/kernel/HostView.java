package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.kernels.Matrix;
import java.nio.ByteBuffer;
import java.util.Random;

/** Parts of device memory as doubles on the host, for references. Waits for the stream. */
final class HostView {
    private final Scratch scratch;

    HostView(Scratch scratch) {
        this.scratch = scratch;
    }

    /** Columns of a row. */
    double[] row(Matrix matrix, int row) {
        return values(matrix.address() + (long) row * matrix.stride() * matrix.type().bytes(), matrix.type(), matrix.cols());
    }

    /** Rows {@code from} to {@code to}, exclusive. */
    double[][] rows(Matrix matrix, int from, int to) {
        double[][] rows = new double[to - from][];
        for (int i = from; i < to; i++) {
            rows[i - from] = row(matrix, i);
        }
        return rows;
    }

    /** Floats at an address. */
    double[] floats(long address, int count) {
        return values(address, DataType.F32, count);
    }

    private double[] values(long address, DataType type, int count) {
        double[] values = new double[count];
        try (HostBuffer host = scratch.context().allocateHost((long) count * type.bytes())) {
            scratch.stream().copyToHost(host, 0, address, host.size());
            scratch.stream().synchronize();
            ByteBuffer bytes = host.bytes();
            for (int i = 0; i < count; i++) {
                values[i] = switch (type) {
                    case F16 -> Half.toFloat(bytes.getShort(2 * i));
                    case I8 -> bytes.get(i);
                    default -> bytes.getFloat(4 * i);
                };
            }
        }
        return values;
    }

    /** Numbers below {@code bound} for samples: the first, the last, and others at random but the same at every run. */
    static int[] samples(int bound, int count) {
        Random random = new Random(bound);
        int[] samples = new int[Math.min(bound, count)];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = samples.length == bound ? i : i == 0 ? 0 : i == 1 ? bound - 1 : random.nextInt(bound);
        }
        return samples;
    }

    /** Norm of a difference over the norm of what is expected, gathered over several samples. */
    static final class Error {
        private double difference;
        private double norm;

        void add(double expected, double actual) {
            difference += (actual - expected) * (actual - expected);
            norm += expected * expected;
        }

        void add(double[] expected, double[] actual) {
            for (int i = 0; i < expected.length; i++) {
                add(expected[i], actual[i]);
            }
        }

        double value() {
            return difference == 0 ? 0 : Math.sqrt(difference / norm);
        }
    }
}
