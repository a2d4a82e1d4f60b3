package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/** Looks for numbers in a weight that would poison every result: not finite, or beyond what the device's type holds. */
final class NumberCheck {
    /** From here on rounding to nearest gives infinity in fp16. */
    private static final float HALF_OVERFLOW = 65_520f;
    private static final int HALF_EXPONENT = 0x7c00;

    private NumberCheck() {}

    /**
     * @param elements little-endian numbers of {@code sourceType}, from position to limit
     * @param firstElement what the first of them is within the tensor
     */
    static void check(String source, WeightSpec spec, DataType sourceType, long firstElement, ByteBuffer elements) {
        if (sourceType == DataType.I8) {
            return;
        }
        int bad = sourceType == DataType.F16 ? firstBad(elements.asShortBuffer()) : firstBad(elements.asFloatBuffer(), limit(spec.type()));
        if (bad < 0) {
            return;
        }
        String place = source + ": " + spec.name() + " is ";
        String index = " at " + index(spec.shape(), firstElement + bad);
        if (sourceType == DataType.F16) {
            int bits = elements.asShortBuffer().get(bad);
            throw new ModelException(place + ((bits & 0x3ff) != 0 ? "NaN" : "infinite") + index);
        }
        float value = elements.asFloatBuffer().get(bad);
        if (Float.isFinite(value)) {
            throw new ModelException(place + value + index + ", more than fp16 can hold (65504): use fp32");
        }
        throw new ModelException(place + (Float.isNaN(value) ? "NaN" : "infinite") + index);
    }

    private static float limit(DataType destination) {
        return destination == DataType.F16 ? HALF_OVERFLOW : Float.POSITIVE_INFINITY;
    }

    private static int firstBad(FloatBuffer values, float limit) {
        for (int i = 0; i < values.limit(); i++) {
            if (!(Math.abs(values.get(i)) < limit)) {
                return i;
            }
        }
        return -1;
    }

    private static int firstBad(ShortBuffer values) {
        for (int i = 0; i < values.limit(); i++) {
            if ((values.get(i) & HALF_EXPONENT) == HALF_EXPONENT) {
                return i;
            }
        }
        return -1;
    }

    private static String index(long[] shape, long element) {
        StringBuilder text = new StringBuilder("]");
        long rest = element;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            text.insert(0, (axis > 0 ? ", " : "[") + rest % shape[axis]);
            rest /= shape[axis];
        }
        return shape.length == 0 ? "[]" : text.toString();
    }
}
