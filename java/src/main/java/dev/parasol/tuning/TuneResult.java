package dev.parasol.tuning;

import java.util.List;

/**
 * What was measured, so far or in the end.
 *
 * @param model folder or synthetic model
 * @param device where it was measured
 * @param points by batch size, from the least on
 * @param balance the place of the balance among them; see {@link Balance}
 * @param stopped why no larger batch was tried; empty while the measurement goes on
 * @param candidates other models and precisions beside this one, which is the first; empty when no reference was given
 * @param recommended the place of the one that is recommended among them, -1 while there is none
 * @param errorBudget the most by which a candidate's error rate may exceed the first one's, in points absolute
 */
public record TuneResult(String model, String device, List<TunePoint> points, int balance, String stopped,
                         List<TuneCandidate> candidates, int recommended, double errorBudget) {
    /** The lists are copied. */
    public TuneResult {
        points = List.copyOf(points);
        candidates = List.copyOf(candidates);
    }

    /** The point of balance. */
    public TunePoint balancePoint() {
        return points.get(balance);
    }
}
