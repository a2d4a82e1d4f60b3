package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class FbankTablesTest {
    private static final int BASE = 4096;

    private final FbankTables tables = new FbankTables(80, 16_000);
    private final ByteBuffer bytes = ByteBuffer.allocate((int) tables.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    private final FbankTables.OnDevice device = tables.at(BASE);

    FbankTablesTest() {
        tables.write(bytes);
    }

    private float number(long table, int index) {
        return bytes.getFloat((int) table - BASE + 4 * index);
    }

    private int integer(long table, int index) {
        return bytes.getInt((int) table - BASE + 4 * index);
    }

    @Test
    void writesExactlyItsSize() {
        assertThat(bytes.remaining()).isZero();
    }

    @Test
    void poveysWindowIsThatOfHannToAPower() {
        FbankTables povey = FbankTables.povey(80, 16_000);
        ByteBuffer content = ByteBuffer.allocate((int) povey.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        povey.write(content);
        assertThat(content.getFloat(0)).isZero();
        assertThat((double) content.getFloat(4 * 133)).isCloseTo(Math.pow(0.75, 0.85), within(1e-4));
        assertThat(povey.at(BASE).scale()).isEqualTo(1);
        assertThat(device.scale()).isEqualTo(32768);
    }

    @Test
    void windowIsASymmetricHammingWindow() {
        assertThat(number(device.window(), 0)).isEqualTo(0.08f);
        for (int i = 0; i < 200; i++) {
            assertThat(number(device.window(), i)).isEqualTo(number(device.window(), 399 - i), within(1e-7f));
        }
        assertThat(number(device.window(), 133)).isCloseTo((float) (0.54 - 0.46 * Math.cos(2 * Math.PI / 3)), within(1e-7f));
    }

    @Test
    void twiddlesGoClockwise() {
        assertThat(number(device.twiddles(), 2 * 128)).isCloseTo(0f, within(1e-7f));
        assertThat(number(device.twiddles(), 2 * 128 + 1)).isEqualTo(-1f);
        assertThat(number(device.twiddles(), 2 * 64)).isEqualTo((float) Math.sqrt(0.5));
        assertThat(number(device.twiddles(), 2 * 64 + 1)).isEqualTo((float) -Math.sqrt(0.5));
    }

    /** Neighbouring triangles complement each other: between the first and the last centre the weights of a frequency sum to 1. */
    @Test
    void filtersOverlapByHalf() {
        double[] sums = new double[256];
        for (int bin = 0; bin < 80; bin++) {
            int begin = integer(device.melBegin(), bin);
            int count = integer(device.melBegin(), bin + 1) - begin;
            assertThat(count).as("weights of bin " + bin).isPositive();
            for (int j = 0; j < count; j++) {
                sums[integer(device.melFirst(), bin) + j] += number(device.melWeights(), begin + j);
            }
        }
        assertThat(sums[0]).isZero();
        for (int k = 3; k < 246; k++) {
            assertThat(sums[k]).as("frequency " + k).isCloseTo(1.0, within(1e-6));
        }
    }
}
