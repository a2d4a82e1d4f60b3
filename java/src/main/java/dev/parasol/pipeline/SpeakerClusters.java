package dev.parasol.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which embeddings are one speaker's, by FunASR's rules: fewer than 20 are one speaker's; else spectral clustering of {@link SpeakerGraph},
 * into as many as the largest gap between the 16 smallest eigenvalues tells, at most 15, or into a number that is given; then speakers
 * whose means have a cosine above 0.78 are one, unless a number was given.
 *
 * <p>Above {@link #MANY} embeddings (26 minutes of speech) FunASR takes k-means where a number is given, which is done here, too, and else
 * UMAP with HDBSCAN, in place of which spectral clustering goes on here: its graph is sparse. Beyond {@link #MOST} (3.4 hours of speech)
 * evenly spaced ones are clustered, and each of the others is given to the speaker whose mean is nearest. Results are the same every time,
 * FunASR's are not.
 */
final class SpeakerClusters {
    static final int FEW = 20;
    static final int MANY = 2048;
    static final int MOST = 16_384;
    static final int MOST_SPEAKERS = 15;

    private static final double SAME = 0.78;

    private final List<float[]> embeddings;
    private final int most;
    private int[] labels;

    private SpeakerClusters(List<float[]> embeddings, int most) {
        this.embeddings = embeddings;
        this.most = most;
    }

    /**
     * A speaker for each embedding, counted from 0 in the order in which they come first.
     *
     * @param speakers how many there are, or null
     */
    static int[] labels(List<float[]> embeddings, Integer speakers) {
        return labels(embeddings, speakers, MOST);
    }

    /** {@link #labels(List, Integer)} with another number in place of {@link #MOST}. */
    static int[] labels(List<float[]> embeddings, Integer speakers, int most) {
        if (embeddings.size() < FEW) {
            return new int[embeddings.size()];
        }
        SpeakerClusters clusters = new SpeakerClusters(embeddings, most);
        clusters.label(speakers);
        return clusters.inOrder();
    }

    private void label(Integer speakers) {
        int n = embeddings.size();
        if (n >= MANY && speakers != null) {
            labels = KMeans.labels(embeddings.stream().map(SpeakerClusters::unit).toArray(double[][]::new), Math.min(speakers, n));
        } else if (n <= most) {
            labels = spectral(embeddings, speakers);
        } else {
            List<float[]> some = new ArrayList<>();
            for (int i = 0; i < most; i++) {
                some.add(embeddings.get((int) ((long) i * n / most)));
            }
            labels = nearest(means(some, spectral(some, null)));
        }
        if (speakers == null) {
            merge();
        }
    }

    private static double[] unit(float[] embedding) {
        float[] unit = Directions.unit(embedding);
        double[] point = new double[unit.length];
        for (int d = 0; d < unit.length; d++) {
            point[d] = unit[d];
        }
        return point;
    }

    private static int[] spectral(List<float[]> embeddings, Integer speakers) {
        int n = embeddings.size();
        LaplacianEigen eigen = LaplacianEigen.of(SpeakerGraph.of(embeddings), speakers == null ? MOST_SPEAKERS + 1 : Math.min(speakers, n));
        int count = speakers == null ? largestGap(eigen.values()) : Math.min(speakers, n);
        double[][] points = new double[n][count];
        for (int i = 0; i < n; i++) {
            for (int d = 0; d < count; d++) {
                points[i][d] = eigen.element(i, d);
            }
        }
        return KMeans.labels(points, count);
    }

    /** How many eigenvalues lie below the largest gap. */
    private static int largestGap(double[] values) {
        int below = 1;
        for (int i = 2; i <= Math.min(MOST_SPEAKERS, values.length - 1); i++) {
            below = values[i] - values[i - 1] > values[below] - values[below - 1] ? i : below;
        }
        return below;
    }

    /** The mean direction of each label that there is. */
    private static Map<Integer, float[]> means(List<float[]> embeddings, int[] labels) {
        Map<Integer, double[]> sums = new LinkedHashMap<>();
        for (int i = 0; i < labels.length; i++) {
            double[] sum = sums.computeIfAbsent(labels[i], label -> new double[embeddings.get(0).length]);
            for (int d = 0; d < sum.length; d++) {
                sum[d] += embeddings.get(i)[d];
            }
        }
        Map<Integer, float[]> means = new LinkedHashMap<>();
        sums.forEach((label, sum) -> means.put(label, direction(sum)));
        return means;
    }

    private static float[] direction(double[] sum) {
        double length = Math.sqrt(Arrays.stream(sum).map(x -> x * x).sum());
        float[] direction = new float[sum.length];
        for (int d = 0; d < sum.length; d++) {
            direction[d] = (float) (length == 0 ? 0 : sum[d] / length);
        }
        return direction;
    }

    private int[] nearest(Map<Integer, float[]> means) {
        int[] result = new int[embeddings.size()];
        for (int i = 0; i < result.length; i++) {
            float[] unit = Directions.unit(embeddings.get(i));
            double best = Double.NEGATIVE_INFINITY;
            for (Map.Entry<Integer, float[]> mean : means.entrySet()) {
                double cosine = Directions.cosine(unit, mean.getValue());
                if (cosine > best) {
                    best = cosine;
                    result[i] = mean.getKey();
                }
            }
        }
        return result;
    }

    /** Makes the two most similar speakers one as long as they are similar enough. */
    private void merge() {
        while (true) {
            Map<Integer, float[]> means = means(embeddings, labels);
            int[] closest = null;
            double best = SAME;
            for (int a : means.keySet()) {
                for (int b : means.keySet()) {
                    double cosine = a < b ? Directions.cosine(means.get(a), means.get(b)) : Double.NEGATIVE_INFINITY;
                    if (cosine >= best && (closest == null || cosine > best)) {
                        best = cosine;
                        closest = new int[] {a, b};
                    }
                }
            }
            if (closest == null) {
                return;
            }
            for (int i = 0; i < labels.length; i++) {
                labels[i] = labels[i] == closest[1] ? closest[0] : labels[i];
            }
        }
    }

    private int[] inOrder() {
        Map<Integer, Integer> order = new LinkedHashMap<>();
        return Arrays.stream(labels).map(label -> order.computeIfAbsent(label, key -> order.size())).toArray();
    }
}
