package dev.parasol.tools.prune;

/** Symmetric positive definite systems. */
final class Cholesky {
    private Cholesky() {}

    /**
     * The upper factor u of {@code a + shift I = uᵀ u}, whose row i counts from column i on; of {@code a} the lower triangle is read.
     * {@link ArithmeticException} when that is not positive definite.
     */
    static double[][] of(double[][] a, double shift) {
        int n = a.length;
        double[][] u = new double[n][n];
        for (int i = 0; i < n; i++) {
            double[] row = u[i];
            for (int j = i; j < n; j++) {
                row[j] = a[j][i];
            }
            row[i] += shift;
            for (int k = 0; k < i; k++) {
                subtract(row, u[k][i], u[k], i);
            }
            if (!(row[i] > 0)) {
                throw new ArithmeticException("the matrix is not positive definite: pivot " + i + " is " + row[i]);
            }
            double root = Math.sqrt(row[i]);
            for (int j = i; j < n; j++) {
                row[j] = j == i ? root : row[j] / root;
            }
        }
        return u;
    }

    /** Solves {@code uᵀ u x = b} for every column of {@code b}, in place. Whole rows at once, which a compiler turns into vectors. */
    static void solve(double[][] u, double[][] b) {
        int n = u.length;
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < i; k++) {
                subtract(b[i], u[k][i], b[k], 0);
            }
            divide(b[i], u[i][i]);
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = n - 1; k > i; k--) {
                subtract(b[i], u[i][k], b[k], 0);
            }
            divide(b[i], u[i][i]);
        }
    }

    private static void subtract(double[] from, double factor, double[] row, int first) {
        for (int j = first; j < from.length; j++) {
            from[j] -= factor * row[j];
        }
    }

    private static void divide(double[] row, double by) {
        for (int j = 0; j < row.length; j++) {
            row[j] /= by;
        }
    }
}
