package dev.parasol.audio;

import java.io.IOException;
import java.util.Arrays;

/** One channel of a frame of FLAC; section numbers are those of RFC 9639. */
final class FlacSubframe {
    private static final int[][] FIXED = {{}, {1}, {2, -1}, {3, -3, 1}, {4, -6, 4, -1}};
    private static final int MAX_ORDER = 32;

    private final BitReader in;
    private final long[] coefficients = new long[MAX_ORDER];

    FlacSubframe(BitReader in) {
        this.in = in;
    }

    /** Reads {@code size} samples of {@code bits} bits (33 of the side channel of 32-bit stereo). */
    void read(long[] samples, int size, int bits) throws IOException {
        FlacFrame.check(in.bits(1) == 0, "a subframe that begins with a one");
        int type = (int) in.bits(6);
        int wasted = in.bits(1) == 0 ? 0 : (int) Math.min(in.unary() + 1, bits);
        FlacFrame.check(wasted < bits, "samples of wasted bits only");
        int width = bits - wasted;
        if (type == 0) {
            Arrays.fill(samples, 0, size, in.signed(width));
        } else if (type == 1) {
            readPlain(samples, size, width);
        } else if (type >= 8 && type <= 12) {
            readFixed(samples, size, width, type - 8);
        } else if (type >= 32) {
            readLinear(samples, size, width, type - 31);
        } else {
            throw new FlacFrame.Damage("a reserved kind of subframe");
        }
        for (int i = 0; i < size && wasted > 0; i++) {
            samples[i] <<= wasted;
        }
    }

    private void readPlain(long[] samples, int count, int width) throws IOException {
        for (int i = 0; i < count; i++) {
            samples[i] = in.signed(width);
        }
    }

    /** 9.2.5: a polynomial through the samples before. */
    private void readFixed(long[] samples, int size, int width, int order) throws IOException {
        FlacFrame.check(order <= size, "a predictor longer than its block");
        readPlain(samples, order, width);
        for (int i = 0; i < order; i++) {
            coefficients[i] = FIXED[order][i];
        }
        readResidual(samples, size, order);
        predict(samples, size, order, 0, width);
    }

    /** 9.2.6: linear prediction. */
    private void readLinear(long[] samples, int size, int width, int order) throws IOException {
        FlacFrame.check(order <= size, "a predictor longer than its block");
        readPlain(samples, order, width);
        int precision = (int) in.bits(4) + 1;
        FlacFrame.check(precision <= 15, "a reserved precision");
        int shift = (int) in.signed(5);
        FlacFrame.check(shift >= 0, "a negative shift");
        for (int i = 0; i < order; i++) {
            coefficients[i] = in.signed(precision);
        }
        readResidual(samples, size, order);
        predict(samples, size, order, shift, width);
    }

    /** Adds to each residual what the samples before it predict. */
    private void predict(long[] samples, int size, int order, int shift, int width) throws IOException {
        long most = 1L << width - 1;
        for (int i = order; i < size; i++) {
            long sum = 0;
            for (int k = 0; k < order; k++) {
                sum += coefficients[k] * samples[i - 1 - k];
            }
            samples[i] += sum >> shift;
            // also keeps the next sums within 64 bits
            FlacFrame.check(samples[i] >= -most && samples[i] < most, "a sample out of range");
        }
    }

    /** 9.2.7: Rice codes in partitions. */
    private void readResidual(long[] samples, int size, int order) throws IOException {
        int method = (int) in.bits(2);
        FlacFrame.check(method <= 1, "a reserved coding of residuals");
        int parameterBits = 4 + method;
        int escape = (1 << parameterBits) - 1;
        int partitionOrder = (int) in.bits(4);
        int partition = size >> partitionOrder;
        FlacFrame.check(partition << partitionOrder == size && partition >= order, "partitions that do not fit their block");
        int i = order;
        for (int end = partition; end <= size; end += partition) {
            int parameter = (int) in.bits(parameterBits);
            if (parameter == escape) {
                int width = (int) in.bits(5);
                for (; i < end; i++) {
                    samples[i] = in.signed(width);
                }
            } else {
                for (; i < end; i++) {
                    samples[i] = rice(parameter);
                }
            }
        }
    }

    private long rice(int parameter) throws IOException {
        long quotient = in.unary();
        FlacFrame.check(quotient >>> 32 - parameter == 0, "a residual out of range");
        long folded = quotient << parameter | in.bits(parameter);
        return folded >>> 1 ^ -(folded & 1);
    }
}
