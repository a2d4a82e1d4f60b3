package dev.parasol.pipeline;

import java.util.Arrays;
import java.util.Random;

/**
 * Lloyd's algorithm from starts that lie far apart (Arthur and Vassilvitskii, "k-means++", 2007), ten times; the best result counts. The
 * same points always have the same labels.
 */
final class KMeans {
    private static final int STARTS = 10;
    private static final int MAX_ITERATIONS = 300;

    private final double[][] points;
    private final int k;
    private final Random random = new Random(1);
    private final int[] labels;
    private double[][] centres;
    private double spread;

    private KMeans(double[][] points, int k) {
        this.points = points;
        this.k = k;
        this.labels = new int[points.length];
    }

    /** A label of 0 to {@code k - 1} for each point; {@code k} at most the number of points. */
    static int[] labels(double[][] points, int k) {
        KMeans run = new KMeans(points, k);
        int[] best = null;
        double least = Double.POSITIVE_INFINITY;
        for (int start = 0; start < STARTS; start++) {
            run.start();
            run.iterate();
            if (best == null || run.spread < least) {
                best = run.labels.clone();
                least = run.spread;
            }
        }
        return best;
    }

    /** The next centre is a point, chosen with the square of its distance from the centres before: the best of some such points. */
    private void start() {
        centres = new double[k][];
        centres[0] = points[random.nextInt(points.length)].clone();
        double[] distances = nearer(unlimited(), centres[0]);
        int candidates = 2 + (int) Math.log(k);
        for (int c = 1; c < k; c++) {
            double[] best = null;
            for (int candidate = 0; candidate < candidates; candidate++) {
                double[] point = points[chosen(distances)];
                double[] after = nearer(distances, point);
                if (best == null || sum(after) < sum(best)) {
                    best = after;
                    centres[c] = point.clone();
                }
            }
            distances = best;
        }
        Arrays.fill(labels, -1);
    }

    private double[] unlimited() {
        double[] distances = new double[points.length];
        Arrays.fill(distances, Double.POSITIVE_INFINITY);
        return distances;
    }

    /** The distances of the points from the nearest centre when {@code centre} is one, too. */
    private double[] nearer(double[] distances, double[] centre) {
        double[] nearer = new double[distances.length];
        for (int i = 0; i < nearer.length; i++) {
            nearer[i] = Math.min(distances[i], distance(points[i], centre));
        }
        return nearer;
    }

    private int chosen(double[] distances) {
        double at = random.nextDouble() * sum(distances);
        int chosen = 0;
        for (int i = 0; i < distances.length && at >= 0; i++) {
            chosen = distances[i] > 0 ? i : chosen;
            at -= distances[i];
        }
        return chosen;
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    private void iterate() {
        for (int iteration = 0; iteration < MAX_ITERATIONS && assign(); iteration++) {
            move();
        }
    }

    /** Gives each point to its nearest centre; whether any changed. */
    private boolean assign() {
        boolean changed = false;
        spread = 0;
        for (int i = 0; i < points.length; i++) {
            int nearest = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int c = 0; c < k; c++) {
                double distance = distance(points[i], centres[c]);
                if (distance < least) {
                    least = distance;
                    nearest = c;
                }
            }
            spread += least;
            changed |= labels[i] != nearest;
            labels[i] = nearest;
        }
        return changed;
    }

    /** Each centre to the mean of its points; one without points stays. */
    private void move() {
        double[][] sums = new double[k][points[0].length];
        int[] counts = new int[k];
        for (int i = 0; i < points.length; i++) {
            counts[labels[i]]++;
            for (int d = 0; d < points[i].length; d++) {
                sums[labels[i]][d] += points[i][d];
            }
        }
        for (int c = 0; c < k; c++) {
            for (int d = 0; d < sums[c].length && counts[c] > 0; d++) {
                centres[c][d] = sums[c][d] / counts[c];
            }
        }
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int d = 0; d < a.length; d++) {
            sum += (a[d] - b[d]) * (a[d] - b[d]);
        }
        return sum;
    }
}
