package dev.parasol.audio;

/**
 * Windowed-sinc conversion of the sample rate, as torchaudio's {@code resample} does by default: a sinc low-pass cut at 0.99 of the
 * lower rate's half, under a Hann window six zero crossings to each side, evaluated at each output sample's exact place.
 *
 * <p>With rates reduced by their greatest common divisor, output {@code n} lies at input {@code n * from / to}, so its filter depends
 * on {@code n mod to} only: a table of that many phases is made once, in double precision. Samples outside the recording count as
 * zero; {@code ceil(length * to / from)} samples come out. Streaming: blocks of any size give the same result, and so does beginning
 * anywhere by {@link #skip}.
 */
final class Resampler {
    private static final int ZERO_CROSSINGS = 6;
    private static final double ROLLOFF = 0.99;
    private static final int BLOCK = 8192;

    private final int from;
    private final int to;
    private final SampleQueue output;
    /** Input samples that a filter sees, {@code reach} before and behind its place. */
    private final int reach;
    private final int taps;
    /** Weights by phase; tap 0 belongs to the input {@code first[phase]} behind the begin of the phase's period. */
    private final float[] weights;
    private final int[] first;
    /** The latest input, of which index 0 is sample {@code inputStart}. */
    private float[] input;
    private int inputCount;
    private long inputStart;
    private long received;
    private long produced;
    private long limit = Long.MAX_VALUE;

    /** @param output takes the samples that come out */
    Resampler(int fromRate, int toRate, SampleQueue output) {
        int divisor = gcd(fromRate, toRate);
        this.from = fromRate / divisor;
        this.to = toRate / divisor;
        this.output = output;
        double cutoff = Math.min(from, to) * ROLLOFF;
        double width = ZERO_CROSSINGS * from / cutoff;
        this.reach = (int) Math.ceil(width);
        this.taps = 2 * reach + 1;
        this.weights = new float[Math.multiplyExact(to, taps)];
        this.first = new int[to];
        for (int phase = 0; phase < to; phase++) {
            fillPhase(phase, cutoff);
        }
        this.inputStart = -reach;
        this.inputCount = reach;
        this.input = new float[reach + taps + BLOCK];
    }

    /** Samples that come out of {@code length} samples. */
    static long outputLength(long length, int fromRate, int toRate) {
        int divisor = gcd(fromRate, toRate);
        long from = fromRate / divisor;
        long to = toRate / divisor;
        return Math.addExact(Math.multiplyExact(length, to), from - 1) / from;
    }

    private void fillPhase(int phase, double cutoff) {
        double place = (double) phase * from / to;
        first[phase] = (int) Math.floor(place) - reach;
        for (int tap = 0; tap < taps; tap++) {
            double t = (first[phase] + tap - place) / from * cutoff;
            weights[phase * taps + tap] = (float) (sinc(t) * hann(t) * cutoff / from);
        }
    }

    private static double sinc(double t) {
        return t == 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
    }

    private static double hann(double t) {
        double cosine = Math.abs(t) >= ZERO_CROSSINGS ? 0 : Math.cos(Math.PI * t / ZERO_CROSSINGS / 2);
        return cosine * cosine;
    }

    /** Takes the first {@code count} of {@code samples}. */
    void accept(float[] samples, int count) {
        received += count;
        push(samples, count);
    }

    /** Delivers what is left; nothing may come after. */
    void finish() {
        limit = outputLength(received, from, to);
        float[] zeros = new float[BLOCK];
        while (produced < limit) {
            push(zeros, BLOCK);
        }
    }

    /** How many inputs {@link #skip} to this output passes over; 0 when it has to be reached by {@link #accept}. */
    long skipped(long sample) {
        return Math.max(0, begin(sample) - received);
    }

    /** Goes on at an output for which {@link #skipped} is not 0, and whose first input comes next. */
    void skip(long sample) {
        produced = sample;
        inputStart = begin(sample);
        inputCount = 0;
        received = inputStart;
    }

    private void push(float[] samples, int count) {
        for (int done = 0; done < count;) {
            int block = Math.min(count - done, input.length - inputCount);
            System.arraycopy(samples, done, input, inputCount, block);
            inputCount += block;
            done += block;
            produce();
        }
    }

    /** Makes every output whose inputs are all there, and drops inputs that are not needed again. */
    private void produce() {
        long begin = begin(produced);
        while (produced < limit && begin + taps <= inputStart + inputCount) {
            output.add(filter((int) (produced % to), (int) (begin - inputStart)));
            produced++;
            begin = begin(produced);
        }
        int drop = (int) Math.min(begin - inputStart, inputCount);
        System.arraycopy(input, drop, input, 0, inputCount - drop);
        inputStart += drop;
        inputCount -= drop;
    }

    /** The first input of an output. */
    private long begin(long output) {
        return output / to * from + first[(int) (output % to)];
    }

    private float filter(int phase, int at) {
        double sum = 0;
        for (int tap = 0; tap < taps; tap++) {
            sum += (double) weights[phase * taps + tap] * input[at + tap];
        }
        return (float) sum;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
