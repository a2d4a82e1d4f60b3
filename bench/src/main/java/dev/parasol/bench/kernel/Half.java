package dev.parasol.bench.kernel;

/** IEEE half precision on the host. */
public final class Half {
    private static final int SMALLEST_NORMAL = 113;
    private static final float SUBNORMAL_UNIT = 0x1p-24f;

    private Half() {}

    /** The number with these 16 bits. */
    public static float toFloat(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >>> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            float value = fraction * SUBNORMAL_UNIT;
            return sign == 0 ? value : -value;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + SMALLEST_NORMAL - 1;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }

    /** The nearest number's bits, ties to even; too large becomes infinite. */
    public static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7e00);
        }
        if (magnitude >= 65520f) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x1p-14f) {
            return (short) (sign | (int) Math.rint(magnitude / (double) SUBNORMAL_UNIT));
        }
        int rest = bits & 0x7fffffff;
        int rounded = rest + 0xfff + (rest >>> 13 & 1);
        return (short) (sign | (rounded - (SMALLEST_NORMAL - 1 << 23)) >>> 13);
    }
}
