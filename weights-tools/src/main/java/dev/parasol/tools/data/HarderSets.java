package dev.parasol.tools.data;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Harder test sets made of an easy one, the same from run to run: every random number comes from a seed, the condition's and the
 * recording's number. Levels are ratios of mean powers over whole recordings, and a recording that would leave full scale is
 * turned down as a whole.
 *
 * <ul>
 *   <li>{@code noise-N}: white Gaussian noise at a signal-to-noise ratio of N dB;
 *   <li>{@code babble-N}: three other recordings of the set, from random places and repeated as far as is needed, together N dB below;
 *   <li>{@code speed-S}: played S times as fast, so that pitch changes, too: resampled by a windowed sinc;
 *   <li>{@code chain-N}: N recordings one after another, starting with each of the set.
 * </ul>
 */
public final class HarderSets {
    private static final int TALKERS = 3;
    /** Zero crossings of the sinc on either side. */
    private static final int CROSSINGS = 16;
    private static final float FULL_SCALE = 0.999f;

    private final TestSet base;
    private final long seed;

    public HarderSets(TestSet base, long seed) {
        this.base = base;
        this.seed = seed;
    }

    /** The set of a condition; {@link DataException} for one that is not known. */
    public TestSet make(String condition) {
        String[] parts = condition.split("-", 2);
        double value;
        try {
            value = parts.length == 2 ? Double.parseDouble(parts[1]) : Double.NaN;
        } catch (NumberFormatException e) {
            value = Double.NaN;
        }
        boolean valid = switch (parts[0]) {
            case "noise", "babble" -> Math.abs(value) <= 100;
            case "speed" -> value >= 0.25 && value <= 4;
            case "chain" -> value == Math.rint(value) && value >= 1 && value <= 100;
            default -> false;
        };
        if (!valid) {
            throw new DataException("'" + condition + "' is no condition, expected noise-DB, babble-DB, speed-FACTOR (0.25 to 4) or chain-COUNT (1 to 100)");
        }
        List<Speech> made = new ArrayList<>();
        for (int i = 0; i < base.speech().size(); i++) {
            Speech speech = base.speech().get(i);
            SplittableRandom random = new SplittableRandom(seed * 1_000_003 + condition.hashCode() * 31L + i);
            made.add(switch (parts[0]) {
                case "noise" -> with(speech, mixed(speech.samples(), noise(random, speech.samples().length), value));
                case "babble" -> with(speech, mixed(speech.samples(), babble(random, i, speech.samples().length), value));
                case "speed" -> with(speech, faster(speech.samples(), value));
                default -> chain(random, i, (int) value);
            });
        }
        return new TestSet(condition, made);
    }

    private static Speech with(Speech speech, float[] samples) {
        return new Speech(speech.id(), samples, speech.text());
    }

    private static float[] noise(SplittableRandom random, int length) {
        float[] noise = new float[length];
        for (int i = 0; i < length; i++) {
            // Box and Muller
            noise[i] = (float) (Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble()));
        }
        return noise;
    }

    private float[] babble(SplittableRandom random, int self, int length) {
        float[] sum = new float[length];
        for (int talker = 0; talker < TALKERS; talker++) {
            float[] voice = base.speech().get(other(random, self)).samples();
            int start = voice.length == 0 ? 0 : random.nextInt(voice.length);
            for (int i = 0; i < length && voice.length > 0; i++) {
                sum[i] += voice[(int) (((long) start + i) % voice.length)];
            }
        }
        return sum;
    }

    /** Some other recording; the same where there is but one. */
    private int other(SplittableRandom random, int self) {
        int count = base.speech().size();
        return count == 1 ? self : (self + 1 + random.nextInt(count - 1)) % count;
    }

    private static float[] mixed(float[] signal, float[] disturbance, double decibels) {
        double power = power(disturbance);
        double gain = power == 0 ? 0 : Math.sqrt(power(signal) / power * Math.pow(10, -decibels / 10));
        float[] sum = new float[signal.length];
        float peak = 0;
        for (int i = 0; i < sum.length; i++) {
            sum[i] = (float) (signal[i] + gain * disturbance[i]);
            peak = Math.max(peak, Math.abs(sum[i]));
        }
        for (int i = 0; i < sum.length && peak > FULL_SCALE; i++) {
            sum[i] *= FULL_SCALE / peak;
        }
        return sum;
    }

    private static double power(float[] samples) {
        double sum = 0;
        for (float sample : samples) {
            sum += (double) sample * sample;
        }
        return samples.length == 0 ? 0 : sum / samples.length;
    }

    private static float[] faster(float[] samples, double factor) {
        float[] made = new float[(int) (samples.length / factor)];
        double cutoff = Math.min(1, 1 / factor);
        int reach = (int) Math.ceil(CROSSINGS / cutoff);
        for (int i = 0; i < made.length; i++) {
            double at = i * factor;
            double sum = 0;
            for (int j = Math.max(0, (int) at - reach); j <= Math.min(samples.length - 1, (int) at + reach); j++) {
                double x = (at - j) * cutoff;
                if (Math.abs(x) < CROSSINGS) {
                    double sinc = x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
                    sum += samples[j] * sinc * cutoff * (0.5 + 0.5 * Math.cos(Math.PI * x / CROSSINGS));
                }
            }
            made[i] = (float) sum;
        }
        return made;
    }

    private Speech chain(SplittableRandom random, int first, int count) {
        List<Speech> parts = new ArrayList<>();
        int at = first;
        for (int i = 0; i < count; i++) {
            parts.add(base.speech().get(at));
            at = other(random, at);
        }
        float[] samples = new float[parts.stream().mapToInt(p -> p.samples().length).sum()];
        int position = 0;
        List<String> texts = new ArrayList<>();
        for (Speech part : parts) {
            System.arraycopy(part.samples(), 0, samples, position, part.samples().length);
            position += part.samples().length;
            if (part.text() != null) {
                texts.add(part.text());
            }
        }
        return new Speech(parts.get(0).id(), samples, texts.size() == count ? String.join(" ", texts) : null);
    }
}
