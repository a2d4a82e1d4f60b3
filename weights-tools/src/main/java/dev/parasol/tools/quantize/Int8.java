package dev.parasol.tools.quantize;

/** Symmetric int8 as the kernels have it: x is about q times the scale, with q from -127 to 127. */
public final class Int8 {
    private static final int LARGEST = 127;

    private Int8() {}

    /** The scale at which {@code largest} becomes 127. */
    public static float scale(float largest) {
        return largest / LARGEST;
    }

    /** What numbers are multiplied by; 0 where nothing but 0 has that scale. */
    public static float inverse(float scale) {
        return scale > 0 ? 1 / scale : 0;
    }

    /** The whole number nearest to {@code value * inverse}, ties to even. */
    public static int level(float value, float inverse) {
        return (int) Math.max(-LARGEST, Math.min(LARGEST, Math.rint(value * inverse)));
    }

    /** What is left of a number. */
    public static float rounded(float value, float scale) {
        return level(value, inverse(scale)) * scale;
    }
}
