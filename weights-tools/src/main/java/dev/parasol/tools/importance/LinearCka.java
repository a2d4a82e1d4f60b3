package dev.parasol.tools.importance;

/**
 * Centred kernel alignment with a linear kernel: {@code |YᵀX|² / (|XᵀX| |YᵀY|)} (Frobenius norms) of matrices whose columns have mean
 * 0. It is 1 when one is a rotation and scaling of the other, and 0 when no direction of one goes with any of the other.
 */
final class LinearCka {
    private LinearCka() {}

    /** The rows with each column's mean taken away, column major. */
    static double[] centred(float[][] rows) {
        int cols = rows.length == 0 ? 0 : rows[0].length;
        double[] result = new double[rows.length * cols];
        for (int c = 0; c < cols; c++) {
            double sum = 0;
            for (float[] row : rows) {
                sum += row[c];
            }
            for (int r = 0; r < rows.length; r++) {
                result[c * rows.length + r] = rows[r][c] - sum / rows.length;
            }
        }
        return result;
    }

    /** CKA of centred matrices of {@code rows} rows each; 0 where one of them is constant. */
    static double of(double[] x, double[] y, int rows) {
        double product = cross(x, y, rows);
        double norms = Math.sqrt(cross(x, x, rows)) * Math.sqrt(cross(y, y, rows));
        return norms == 0 ? 0 : product / norms;
    }

    /** Squared Frobenius norm of the product of the transposed first and the second. */
    private static double cross(double[] x, double[] y, int rows) {
        if (rows == 0) {
            return 0;
        }
        double sum = 0;
        for (int i = 0; i < x.length; i += rows) {
            for (int j = 0; j < y.length; j += rows) {
                double dot = 0;
                for (int r = 0; r < rows; r++) {
                    dot += x[i + r] * y[j + r];
                }
                sum += dot * dot;
            }
        }
        return sum;
    }
}
