package dev.parasol.tools.compare;

import dev.parasol.scoring.Edits;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * By how many points one model's error rate is above another's on the same recordings, with a 95 % confidence interval: recordings are
 * drawn with replacement 2000 times, always by the same seed, and the same ones for both models, which is much narrower than the
 * models' own intervals (Bisani and Ney, ICASSP 2004).
 *
 * @param points percent, absolute
 * @param low lower end of the interval
 * @param high upper end
 */
public record PairedDifference(double points, double low, double high) {
    private static final int DRAWS = 2000;
    private static final long SEED = 20_040_517;
    private static final double TAIL = 0.025;

    /** Of {@code found} from {@code base}, recording by recording. */
    public static PairedDifference of(List<Edits> base, List<Edits> found) {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] draws = new double[DRAWS];
        int[] counts = new int[base.size()];
        for (int draw = 0; draw < DRAWS; draw++) {
            Arrays.fill(counts, 0);
            for (int i = 0; i < counts.length; i++) {
                counts[random.nextInt(counts.length)]++;
            }
            draws[draw] = points(base, found, counts);
        }
        Arrays.sort(draws);
        Arrays.fill(counts, 1);
        return new PairedDifference(points(base, found, counts), draws[(int) (TAIL * DRAWS)], draws[DRAWS - 1 - (int) (TAIL * DRAWS)]);
    }

    private static double points(List<Edits> base, List<Edits> found, int[] counts) {
        long more = 0;
        long units = 0;
        for (int i = 0; i < counts.length; i++) {
            more += (long) counts[i] * (found.get(i).errors() - base.get(i).errors());
            units += (long) counts[i] * base.get(i).length();
        }
        return 100.0 * more / Math.max(units, 1);
    }
}
