package dev.parasol.pipeline;

import java.util.Random;

/**
 * The smallest eigenvalues of a graph's Laplacian with their vectors. Of small graphs by {@link SymmetricEigen}; else by subspace
 * iteration under Chebyshev polynomials (Zhou, Saad, Tiago and Chelikowsky, "Self-consistent-field calculations using Chebyshev-filtered
 * subspace iteration", 2006), which only multiplies by the Laplacian and finds eigenvalues that lie close together all at once.
 */
final class LaplacianEigen {
    /** Up to here all eigenvalues are computed. */
    private static final int DENSE = 128;
    /** Vectors beyond those that are wanted, which make the wanted ones come sooner. */
    private static final int SPARE = 8;
    private static final int DEGREE = 16;
    private static final int MAX_ITERATIONS = 60;
    /** Done when no wanted eigenvalue moves by more than this share of the largest one that is kept. */
    private static final double SETTLED = 1e-4;
    private static final double LOST = 1e-10;

    private final SpeakerGraph graph;
    private final int n;
    private final int width;
    private final Random random = new Random(1);
    private double[] x;
    private double[] y;
    private double[] z;
    private double[] values;

    private LaplacianEigen(SpeakerGraph graph, int width) {
        this.graph = graph;
        this.n = graph.size();
        this.width = width;
    }

    /** The {@code count} smallest eigenvalues in ascending order, or all where there are fewer. */
    static LaplacianEigen of(SpeakerGraph graph, int count) {
        int wanted = Math.min(count, graph.size());
        if (graph.size() <= Math.max(DENSE, 3 * (wanted + SPARE))) {
            LaplacianEigen all = new LaplacianEigen(graph, graph.size());
            all.dense();
            return all;
        }
        LaplacianEigen some = new LaplacianEigen(graph, wanted + SPARE);
        some.iterate(wanted);
        return some;
    }

    /** The eigenvalues in ascending order, some more than were asked for. */
    double[] values() {
        return values;
    }

    /** Element {@code row} of eigenvector {@code index}. */
    double element(int row, int index) {
        return x[row * width + index];
    }

    private void dense() {
        double[] unit = new double[n * n];
        for (int i = 0; i < n; i++) {
            unit[i * n + i] = 1;
        }
        double[] laplacian = new double[n * n];
        graph.laplacian(unit, laplacian, n);
        double[][] matrix = new double[n][n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(laplacian, i * n, matrix[i], 0, n);
        }
        SymmetricEigen eigen = SymmetricEigen.of(matrix);
        values = eigen.values();
        x = new double[n * n];
        for (int v = 0; v < n; v++) {
            for (int i = 0; i < n; i++) {
                x[i * n + v] = eigen.vectors()[v][i];
            }
        }
    }

    private void iterate(int wanted) {
        x = new double[n * width];
        y = new double[n * width];
        z = new double[n * width];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextGaussian();
        }
        orthonormalize();
        rotate();
        double largest = graph.largestEigenvalue();
        for (int iteration = 0; iteration < MAX_ITERATIONS && values[width - 1] < largest; iteration++) {
            double[] before = values;
            filter(values[width - 1], largest);
            orthonormalize();
            rotate();
            if (settled(before, wanted)) {
                return;
            }
        }
    }

    private boolean settled(double[] before, int wanted) {
        for (int v = 0; v < wanted; v++) {
            if (Math.abs(values[v] - before[v]) > SETTLED * values[width - 1]) {
                return false;
            }
        }
        return true;
    }

    /** {@code x = T(x)}, where the Chebyshev polynomial is at most 1 from {@code cut} to {@code largest} and grows fast below. */
    private void filter(double cut, double largest) {
        double middle = (largest + cut) / 2;
        double half = (largest - cut) / 2;
        graph.laplacian(x, y, width);
        for (int i = 0; i < x.length; i++) {
            y[i] = (y[i] - middle * x[i]) / half;
        }
        for (int degree = 2; degree <= DEGREE; degree++) {
            graph.laplacian(y, z, width);
            for (int i = 0; i < x.length; i++) {
                z[i] = 2 * (z[i] - middle * y[i]) / half - x[i];
            }
            double[] free = x;
            x = y;
            y = z;
            z = free;
        }
        double[] free = x;
        x = y;
        y = free;
    }

    /** Gram and Schmidt, twice; a vector that nothing is left of begins anew. */
    private void orthonormalize() {
        for (int v = 0; v < width; v++) {
            double before = scale(v);
            for (int round = 0; round < 2; round++) {
                for (int u = 0; u < v; u++) {
                    subtract(v, u);
                }
                if (scale(v) < LOST || before == 0) {
                    for (int i = 0; i < n; i++) {
                        x[i * width + v] = random.nextGaussian();
                    }
                    before = scale(v);
                    round = -1;
                }
            }
        }
    }

    /** Gives vector {@code v} the length 1 and returns what it was. */
    private double scale(int v) {
        double sum = 0;
        for (int i = v; i < x.length; i += width) {
            sum += x[i] * x[i];
        }
        double length = Math.sqrt(sum);
        for (int i = v; i < x.length && length > 0; i += width) {
            x[i] /= length;
        }
        return length;
    }

    private void subtract(int v, int u) {
        double sum = 0;
        for (int i = 0; i < x.length; i += width) {
            sum += x[i + v] * x[i + u];
        }
        for (int i = 0; i < x.length; i += width) {
            x[i + v] -= sum * x[i + u];
        }
    }

    /** Rayleigh and Ritz: the best eigenvectors that the vectors can be combined to. */
    private void rotate() {
        graph.laplacian(x, y, width);
        double[][] small = new double[width][width];
        for (int i = 0; i < x.length; i += width) {
            for (int u = 0; u < width; u++) {
                for (int v = 0; v < width; v++) {
                    small[u][v] += x[i + u] * y[i + v];
                }
            }
        }
        SymmetricEigen eigen = SymmetricEigen.of(small);
        values = eigen.values();
        for (int i = 0; i < x.length; i += width) {
            for (int v = 0; v < width; v++) {
                double sum = 0;
                for (int u = 0; u < width; u++) {
                    sum += x[i + u] * eigen.vectors()[v][u];
                }
                y[i + v] = sum;
            }
        }
        double[] free = x;
        x = y;
        y = free;
    }
}
