package dev.parasol.tools.prune;

import dev.parasol.tools.run.Activations;
import java.util.Arrays;
import java.util.List;

/**
 * Linear least squares with a penalty, in closed form: weights W and a bias b that minimise {@code |H Wᵀ + b - R|² + l |W|²} over rows
 * of inputs H and targets R. The penalty l is chosen among 10^-3 … 10^1 times the mean variance of an input, times the rows, or is
 * infinite (the bias alone), by the error on a fifth of the recordings that is held out; the fit then uses all of them.
 */
final class Ridge {
    private static final double[] PENALTIES = {1e-3, 1e-2, 1e-1, 1, 10, Double.POSITIVE_INFINITY};
    private static final int FOLD = 5;

    private Ridge() {}

    /**
     * A fit.
     *
     * @param weights {@code [targets, inputs]}
     * @param before mean square of the targets on the recordings that were held out
     * @param after mean square of what the fit to the others leaves of them
     */
    record Fit(double[] weights, double[] bias, double penalty, double before, double after) {}

    /**
     * Fits.
     *
     * @param biasOnly leave the weights at 0
     */
    static Fit fit(Activations inputs, Activations targets, boolean biasOnly) {
        double[] penalties = biasOnly ? new double[] {Double.POSITIVE_INFINITY} : PENALTIES;
        boolean[] held = held(inputs);
        Sums fitted = new Sums(inputs, targets, held, false);
        double least = Double.POSITIVE_INFINITY;
        double best = Double.POSITIVE_INFINITY;
        for (double penalty : penalties) {
            double error = error(inputs, targets, held, fitted.solve(penalty), fitted);
            if (error < least) {
                least = error;
                best = penalty;
            }
        }
        double before = error(inputs, targets, held, null, null);
        boolean[] none = new boolean[inputs.rows()];
        Sums all = new Sums(inputs, targets, none, false);
        double[] weights = all.solve(best);
        return new Fit(weights, all.bias(weights), best, before, least);
    }

    /** Rows that are held out: those of every fifth recording, or the last fifth where there are fewer than five. */
    private static boolean[] held(Activations inputs) {
        boolean[] held = new boolean[inputs.rows()];
        int[] starts = inputs.utterances();
        if (starts.length <= FOLD) {
            Arrays.fill(held, held.length - held.length / FOLD, held.length, true);
            return held;
        }
        for (int i = FOLD - 1; i + 1 < starts.length; i += FOLD) {
            Arrays.fill(held, starts[i], starts[i + 1], true);
        }
        return held;
    }

    private static double error(Activations inputs, Activations targets, boolean[] rows, double[] weights, Sums fit) {
        double[] bias = weights == null ? null : fit.bias(weights);
        double sum = 0;
        long count = 0;
        for (int row = 0; row < inputs.rows(); row++) {
            if (!rows[row]) {
                continue;
            }
            for (int t = 0; t < targets.cols(); t++) {
                double left = targets.values()[row * targets.cols() + t];
                if (weights != null) {
                    left -= bias[t];
                    for (int i = 0; i < inputs.cols(); i++) {
                        left -= weights[t * inputs.cols() + i] * inputs.values()[row * inputs.cols() + i];
                    }
                }
                sum += left * left;
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }

    /** Means and centred products over some of the rows. */
    private static final class Sums {
        private final int inputs;
        private final int targets;
        private final double[] inputMean;
        private final double[] targetMean;
        private final double[][] covariance;
        private final double[][] cross;
        private final int rows;

        Sums(Activations h, Activations r, boolean[] rows, boolean wanted) {
            inputs = h.cols();
            targets = r.cols();
            List<Integer> used = new java.util.ArrayList<>();
            for (int row = 0; row < rows.length; row++) {
                if (rows[row] == wanted) {
                    used.add(row);
                }
            }
            this.rows = used.size();
            inputMean = mean(h, used);
            targetMean = mean(r, used);
            covariance = new double[inputs][inputs];
            cross = new double[inputs][targets];
            double[] x = new double[inputs];
            for (int row : used) {
                for (int i = 0; i < inputs; i++) {
                    x[i] = h.values()[row * inputs + i] - inputMean[i];
                }
                for (int i = 0; i < inputs; i++) {
                    if (x[i] != 0) {
                        add(covariance[i], x[i], x, i + 1);
                        for (int t = 0; t < targets; t++) {
                            cross[i][t] += x[i] * (r.values()[row * targets + t] - targetMean[t]);
                        }
                    }
                }
            }
        }

        private static void add(double[] to, double factor, double[] x, int count) {
            for (int j = 0; j < count; j++) {
                to[j] += factor * x[j];
            }
        }

        private static double[] mean(Activations a, List<Integer> rows) {
            double[] mean = new double[a.cols()];
            for (int row : rows) {
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += a.values()[row * mean.length + i];
                }
            }
            for (int i = 0; i < mean.length; i++) {
                mean[i] /= Math.max(rows.size(), 1);
            }
            return mean;
        }

        double[] solve(double penalty) {
            double[] weights = new double[targets * inputs];
            if (Double.isInfinite(penalty) || rows == 0) {
                return weights;
            }
            double trace = 0;
            for (int i = 0; i < inputs; i++) {
                trace += covariance[i][i];
            }
            double[][] factor = Cholesky.of(covariance, penalty * trace / inputs + Double.MIN_NORMAL);
            double[][] solution = new double[inputs][];
            Arrays.setAll(solution, i -> cross[i].clone());
            Cholesky.solve(factor, solution);
            for (int t = 0; t < targets; t++) {
                for (int i = 0; i < inputs; i++) {
                    weights[t * inputs + i] = solution[i][t];
                }
            }
            return weights;
        }

        double[] bias(double[] weights) {
            double[] bias = targetMean.clone();
            for (int t = 0; t < targets; t++) {
                for (int i = 0; i < inputs; i++) {
                    bias[t] -= weights[t * inputs + i] * inputMean[i];
                }
            }
            return bias;
        }
    }
}
