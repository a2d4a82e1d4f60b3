package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.DataType;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WeightKernelsTest {
    private final Device device = new Device();

    @AfterEach
    void close() {
        device.close();
    }

    @Test
    void matrixIsPadded() {
        float[] source = Device.random(1, 3 * 70);
        Matrix packed = device.matrix(DataType.F32, 3, 70, 128);

        device.kernels().packWeight().launch(device.stream(), device.floats(source), DataType.F32, 70, 70, 1, 0, packed);

        float[] actual = device.read(packed);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).isEqualTo(i % 128 < 70 ? source[i / 128 * 70 + i % 128] : 0);
        }
    }

    @Test
    void convolutionIsReorderedAndBecomesHalfPrecision() {
        int channels = 5;
        int taps = 3;
        float[] source = new float[2 * channels * taps];
        for (int i = 0; i < source.length; i++) {
            source[i] = i;
        }
        Matrix packed = device.matrix(DataType.F16, 2, channels * taps, 64);

        device.kernels().packWeight().launch(device.stream(), device.floats(source), DataType.F32, channels * taps, channels, taps, 1, packed);

        float[] actual = device.read(packed);
        for (int n = 0; n < 2; n++) {
            for (int c = 0; c < channels; c++) {
                for (int j = 0; j < taps; j++) {
                    assertThat(actual[n * 64 + j * channels + c]).isEqualTo(source[(n * channels + c) * taps + j]);
                }
            }
            assertThat(actual[n * 64 + 15]).isZero();
        }
    }

    @Test
    void halfPrecisionIsRead() {
        Matrix half = device.matrix(DataType.F16, 1, 4, 4);
        device.kernels().convert().launch(device.stream(), device.matrix(new float[] {1, -2, 0.5f, 4096}, 1, 4), half, 0);
        Matrix packed = device.matrix(1, 4);

        device.kernels().packWeight().launch(device.stream(), half.address(), DataType.F16, 0, 4, 1, 0, packed);

        assertThat(device.read(packed)).containsExactly(1, -2, 0.5f, 4096);
    }

    @Test
    void randomNumbersDependOnSeedAndPlaceAlone() {
        long first = device.allocate(4 * 5000);
        long second = device.allocate(4 * 100);
        long other = device.allocate(4 * 100);

        device.kernels().randomFill().launch(device.stream(), first, 5000, 0x1234_5678_9abc_def0L, 2, 0.5f);
        device.kernels().randomFill().launch(device.stream(), second, 100, 0x1234_5678_9abc_def0L, 2, 0.5f);
        device.kernels().randomFill().launch(device.stream(), other, 100, 0x1234_5678_9abc_def1L, 2, 0.5f);

        float[] all = device.readFloats(first, 5000);
        assertThat(device.readFloats(second, 100)).containsExactly(Arrays.copyOf(all, 100));
        assertThat(device.readFloats(other, 100)).isNotEqualTo(Arrays.copyOf(all, 100));
        double mean = 0;
        double square = 0;
        for (float value : all) {
            mean += value / 5000;
            square += value * value / 5000;
        }
        assertThat(mean).isBetween(1.95, 2.05);
        assertThat(Math.sqrt(square - mean * mean)).isBetween(0.48, 0.52);
    }

    /** Pinned, so that a synthetic model stays the same model on every device and in every release. */
    @Test
    void randomNumbersAreTheSameEverywhere() {
        long address = device.allocate(4 * 4);
        device.kernels().randomFill().launch(device.stream(), address, 4, 42, 0, 1);
        assertThat(device.readFloats(address, 4)).containsExactly(expected(0), expected(1), expected(2), expected(3));
    }

    private static float expected(long element) {
        long bits = mix(mix(42 + 0x9e3779b97f4a7c15L) + element * 0x9e3779b97f4a7c15L);
        long sum = (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
        return (sum - 131070f) * 2.6428998e-5f;
    }

    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
