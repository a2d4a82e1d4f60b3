package dev.parasol.weights;

import java.util.Arrays;

/** Mean and variance normalisation of stacked features: {@code (x + shift) * scale} per dimension. The arrays are not copied. */
public record Cmvn(float[] shift, float[] scale) {
    /** {@link IllegalArgumentException} when the lengths differ. */
    public Cmvn {
        if (shift.length != scale.length) {
            throw new IllegalArgumentException("shift has " + shift.length + " values, scale " + scale.length);
        }
    }

    /** Dimensions. */
    public int size() {
        return shift.length;
    }

    /** Leaves features as they are. */
    public static Cmvn identity(int size) {
        float[] ones = new float[size];
        Arrays.fill(ones, 1);
        return new Cmvn(new float[size], ones);
    }
}
