package dev.parasol.scoring;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An error rate in percent with a 95 % confidence interval by bootstrap over utterances: utterances are drawn with
 * replacement 2000 times, always by the same seed, and the rate of each draw is taken; the interval lies between its 2.5 %
 * and 97.5 % quantiles. Words of one utterance stand or fall together, so that utterances and not words are drawn
 * (Bisani and Ney, "Bootstrap estimates for confidence intervals in ASR performance evaluation", ICASSP 2004).
 *
 * @param errors substitutions, deletions and insertions
 * @param units words or characters of the references
 * @param low lower end of the interval, in percent
 * @param high upper end
 */
public record ErrorRate(int errors, int units, double low, double high) {
    private static final int DRAWS = 2000;
    private static final long SEED = 20_040_517;
    private static final double TAIL = 0.025;

    /** The rate of these utterances. */
    public static ErrorRate of(List<Edits> utterances) {
        int errors = utterances.stream().mapToInt(Edits::errors).sum();
        int units = utterances.stream().mapToInt(Edits::length).sum();
        SplittableRandom random = new SplittableRandom(SEED);
        double[] rates = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            int drawnErrors = 0;
            int drawnUnits = 0;
            for (int i = 0; i < utterances.size(); i++) {
                Edits edits = utterances.get(random.nextInt(utterances.size()));
                drawnErrors += edits.errors();
                drawnUnits += edits.length();
            }
            rates[draw] = percent(drawnErrors, drawnUnits);
        }
        Arrays.sort(rates);
        return new ErrorRate(errors, units, rates[(int) (TAIL * DRAWS)], rates[DRAWS - 1 - (int) (TAIL * DRAWS)]);
    }

    /** The rate in percent; 0 of nothing said and nothing heard. */
    public double percent() {
        return percent(errors, units);
    }

    private static double percent(int errors, int units) {
        return errors == 0 ? 0 : 100.0 * errors / Math.max(units, 1);
    }
}
