package dev.parasol.pipeline;

import java.util.Arrays;
import java.util.List;

/**
 * Who is like whom: a graph of embeddings whose edges weigh as much as the cosine between them. Each keeps the edges to those it is most
 * like, FunASR's p-pruning: a share of all, at least six (itself among them), at most {@link #MOST_NEIGHBOURS}; an edge that only one of
 * two keeps counts half. Only these are in memory, so many embeddings do not need the square of their number.
 */
final class SpeakerGraph {
    /** FunASR's rule gives this many for 5,800 embeddings, an hour of speech. */
    static final int MOST_NEIGHBOURS = 128;

    private static final double SHARE = 0.022;
    private static final double LEAST_NEIGHBOURS = 6;
    /** Rows whose cosines are computed at once. */
    private static final int ROWS = 4;

    private final int[] begin;
    private final int[] column;
    private final float[] weight;
    private final double[] degree;

    private SpeakerGraph(int[] begin, int[] column, float[] weight) {
        this.begin = begin;
        this.column = column;
        this.weight = weight;
        this.degree = new double[begin.length - 1];
        for (int i = 0; i < degree.length; i++) {
            for (int e = begin[i]; e < begin[i + 1]; e++) {
                degree[i] += Math.abs(weight[e]);
            }
        }
    }

    /** The graph of {@code embeddings}, at least one. */
    static SpeakerGraph of(List<float[]> embeddings) {
        int n = embeddings.size();
        float[][] columns = normalizedColumns(embeddings);
        long[][] kept = new long[n][];
        float[][] cosines = new float[ROWS][n];
        for (int first = 0; first < n; first += ROWS) {
            int rows = Math.min(ROWS, n - first);
            cosines(columns, first, rows, cosines);
            for (int r = 0; r < rows; r++) {
                kept[first + r] = nearest(cosines[r], neighbours(n));
            }
        }
        return symmetric(kept);
    }

    /** How many of {@code n} embeddings each keeps. */
    static int neighbours(int n) {
        double share = n * SHARE < LEAST_NEIGHBOURS ? LEAST_NEIGHBOURS / n : SHARE;
        return Math.min(Math.min(n, n - (int) ((1 - share) * n)), MOST_NEIGHBOURS);
    }

    /** The embeddings as columns of length 1, by rows. */
    private static float[][] normalizedColumns(List<float[]> embeddings) {
        float[][] columns = new float[embeddings.get(0).length][embeddings.size()];
        for (int i = 0; i < embeddings.size(); i++) {
            float[] unit = Directions.unit(embeddings.get(i));
            for (int d = 0; d < unit.length; d++) {
                columns[d][i] = unit[d];
            }
        }
        return columns;
    }

    private static void cosines(float[][] columns, int first, int rows, float[][] cosines) {
        for (float[] row : cosines) {
            Arrays.fill(row, 0);
        }
        for (float[] column : columns) {
            add(cosines[0], cosines[1], cosines[2], cosines[3], column, column[first], column[Math.min(first + 1, first + rows - 1)],
                    column[Math.min(first + 2, first + rows - 1)], column[Math.min(first + 3, first + rows - 1)]);
        }
    }

    private static void add(float[] s0, float[] s1, float[] s2, float[] s3, float[] column, float f0, float f1, float f2, float f3) {
        for (int j = 0; j < column.length; j++) {
            s0[j] += f0 * column[j];
            s1[j] += f1 * column[j];
            s2[j] += f2 * column[j];
            s3[j] += f3 * column[j];
        }
    }

    /** The columns of the {@code count} largest cosines, the first ones of equal ones, each with half its cosine. */
    private static long[] nearest(float[] cosines, int count) {
        float[] sorted = cosines.clone();
        Arrays.sort(sorted);
        float least = sorted[sorted.length - count];
        int above = 0;
        for (float cosine : cosines) {
            above += cosine > least ? 1 : 0;
        }
        int equal = count - above;
        long[] edges = new long[count];
        int at = 0;
        for (int j = 0; j < cosines.length && at < count; j++) {
            if (cosines[j] > least || cosines[j] == least && equal-- > 0) {
                edges[at++] = edge(j, 0.5f * cosines[j]);
            }
        }
        return edges;
    }

    private static long edge(int column, float weight) {
        return (long) column << 32 | Float.floatToRawIntBits(weight) & 0xffffffffL;
    }

    private static int column(long edge) {
        return (int) (edge >> 32);
    }

    private static float weight(long edge) {
        return Float.intBitsToFloat((int) edge);
    }

    /** Half edges of both directions together, without those of an embedding to itself. */
    private static SpeakerGraph symmetric(long[][] kept) {
        int n = kept.length;
        int[] counts = new int[n];
        for (int i = 0; i < n; i++) {
            for (long edge : kept[i]) {
                counts[i]++;
                counts[column(edge)]++;
            }
        }
        long[][] rows = new long[n][];
        for (int i = 0; i < n; i++) {
            rows[i] = new long[counts[i]];
        }
        Arrays.fill(counts, 0);
        for (int i = 0; i < n; i++) {
            for (long edge : kept[i]) {
                int j = column(edge);
                if (i != j) {
                    rows[i][counts[i]++] = edge;
                    rows[j][counts[j]++] = edge(i, weight(edge));
                }
            }
            kept[i] = null;
        }
        return packed(rows, counts);
    }

    private static SpeakerGraph packed(long[][] rows, int[] counts) {
        int[] begin = new int[rows.length + 1];
        for (int i = 0; i < rows.length; i++) {
            begin[i + 1] = begin[i] + merge(rows[i], counts[i]);
        }
        int[] column = new int[begin[rows.length]];
        float[] weight = new float[column.length];
        for (int i = 0; i < rows.length; i++) {
            for (int e = begin[i]; e < begin[i + 1]; e++) {
                column[e] = column(rows[i][e - begin[i]]);
                weight[e] = weight(rows[i][e - begin[i]]);
            }
        }
        return new SpeakerGraph(begin, column, weight);
    }

    /** Sorts edges by their columns and adds up those of one column; returns how many are left. */
    private static int merge(long[] edges, int count) {
        Arrays.sort(edges, 0, count);
        int left = 0;
        for (int e = 0; e < count; e++) {
            if (left > 0 && column(edges[left - 1]) == column(edges[e])) {
                edges[left - 1] = edge(column(edges[e]), weight(edges[left - 1]) + weight(edges[e]));
            } else {
                edges[left++] = edges[e];
            }
        }
        return left;
    }

    /** Embeddings. */
    int size() {
        return degree.length;
    }

    /** No eigenvalue of the Laplacian is larger. */
    double largestEigenvalue() {
        return 2 * Arrays.stream(degree).max().orElse(0);
    }

    /** {@code y = L x} by the unnormalised Laplacian; both are {@code [size, width]}, row major. */
    void laplacian(double[] x, double[] y, int width) {
        for (int i = 0; i < degree.length; i++) {
            int to = i * width;
            for (int w = 0; w < width; w++) {
                y[to + w] = degree[i] * x[to + w];
            }
            for (int e = begin[i]; e < begin[i + 1]; e++) {
                subtract(y, to, weight[e], x, column[e] * width, width);
            }
        }
    }

    private static void subtract(double[] y, int to, double weight, double[] x, int from, int width) {
        for (int w = 0; w < width; w++) {
            y[to + w] -= weight * x[from + w];
        }
    }
}
