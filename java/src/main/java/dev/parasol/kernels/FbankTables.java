package dev.parasol.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * The tables of {@link Fbank}: window, twiddle factors and mel filters, computed in double precision and rounded once.
 * The filters are Kaldi's: {@code mel(f) = 1127 ln(1 + f / 700)}, {@code bins} triangles between 20 Hz and half the sample rate
 * that are linear in mel and not normalised. Immutable and thread-safe.
 */
public final class FbankTables {
    /** The most bins. */
    public static final int MAX_BINS = 128;

    private static final int FFT = 512;
    private static final double LOWEST_FREQUENCY = 20;
    private static final int ALIGNMENT = 256;

    private static final float PCM = 32768;
    private static final double POVEY = 0.85;

    private final int bins;
    private final int sampleRate;
    private final float scale;
    private final float[] window = new float[Fbank.FRAME_LENGTH];
    private final float[] twiddles = new float[FFT];
    private final int[] melBegin;
    private final int[] melFirst;
    private final float[] melWeights;

    /**
     * Computes the tables with a Hamming window and samples on the scale of 16 bits, as FunASR's recognition and voice activity
     * detection have them.
     *
     * @param bins       mel bins, 1 to {@link #MAX_BINS}
     * @param sampleRate in Hz, above 40
     */
    public FbankTables(int bins, int sampleRate) {
        this(bins, sampleRate, PCM, turn -> 0.54 - 0.46 * Math.cos(turn));
    }

    /** Tables with Povey's window, a Hann window to the power of 0.85, and samples as they are: Kaldi's, as CAM++ has them. */
    public static FbankTables povey(int bins, int sampleRate) {
        return new FbankTables(bins, sampleRate, 1, turn -> Math.pow(0.5 - 0.5 * Math.cos(turn), POVEY));
    }

    private FbankTables(int bins, int sampleRate, float scale, DoubleUnaryOperator shape) {
        Checks.atLeast("fbank", "the bin count", bins, 1);
        Checks.atMost("fbank", "the bin count", bins, MAX_BINS);
        Checks.atLeast("fbank", "the sample rate", sampleRate, 41);
        this.bins = bins;
        this.sampleRate = sampleRate;
        this.scale = scale;
        for (int i = 0; i < window.length; i++) {
            window[i] = (float) shape.applyAsDouble(2 * Math.PI * i / (window.length - 1));
        }
        for (int k = 0; k < FFT / 2; k++) {
            twiddles[2 * k] = (float) Math.cos(2 * Math.PI * k / FFT);
            twiddles[2 * k + 1] = (float) -Math.sin(2 * Math.PI * k / FFT);
        }
        melBegin = new int[bins + 1];
        melFirst = new int[bins];
        float[] weights = new float[bins * FFT / 2];
        for (int bin = 0; bin < bins; bin++) {
            melBegin[bin + 1] = addFilter(bin, weights, melBegin[bin]);
        }
        melWeights = Arrays.copyOf(weights, melBegin[bins]);
    }

    /** Appends the weights of one filter from {@code end} on and returns the new end; a filter between two frequencies has none. */
    private int addFilter(int bin, float[] weights, int end) {
        double lowest = mel(LOWEST_FREQUENCY);
        double step = (mel(sampleRate / 2.0) - lowest) / (bins + 1);
        double left = lowest + bin * step;
        int next = end;
        for (int k = 0; k < FFT / 2; k++) {
            double up = (mel((double) sampleRate * k / FFT) - left) / step;
            double weight = Math.min(up, 2 - up);
            if (weight > 0) {
                if (next == end) {
                    melFirst[bin] = k;
                }
                weights[next++] = (float) weight;
            }
        }
        return next;
    }

    private static double mel(double frequency) {
        return 1127 * Math.log1p(frequency / 700);
    }

    /** Mel bins. */
    public int bins() {
        return bins;
    }

    /** Device memory that the tables need, in bytes. */
    public long bytes() {
        return melWeightsOffset() + 4L * melWeights.length;
    }

    /** Writes {@link #bytes} bytes from the destination's position on, which moves behind them. */
    public void write(ByteBuffer destination) {
        ByteBuffer target = destination.slice().order(ByteOrder.LITTLE_ENDIAN);
        target.asFloatBuffer().put(window);
        target.position(twiddlesOffset()).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(twiddles);
        target.position(melBeginOffset()).slice().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(melBegin);
        target.position(melFirstOffset()).slice().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(melFirst);
        target.position(melWeightsOffset()).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(melWeights);
        destination.position(Math.toIntExact(destination.position() + bytes()));
    }

    /** The tables as they lie on the device once what {@link #write} wrote is copied to {@code address}, a multiple of 256. */
    public OnDevice at(long address) {
        Checks.address("fbank", "the tables", address);
        Checks.equal("fbank", "the remainder of the tables' address by 256", address % ALIGNMENT, 0);
        return new OnDevice(address, address + twiddlesOffset(), address + melBeginOffset(), address + melFirstOffset(),
                address + melWeightsOffset(), bins, sampleRate, scale);
    }

    private int twiddlesOffset() {
        return aligned(4 * window.length);
    }

    private int melBeginOffset() {
        return twiddlesOffset() + aligned(4 * twiddles.length);
    }

    private int melFirstOffset() {
        return melBeginOffset() + aligned(4 * melBegin.length);
    }

    private int melWeightsOffset() {
        return melFirstOffset() + aligned(4 * melFirst.length);
    }

    private static int aligned(int bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Device addresses of the tables, and the settings they were made for. */
    public record OnDevice(long window, long twiddles, long melBegin, long melFirst, long melWeights, int bins, float sampleRate, float scale) {
    }
}
