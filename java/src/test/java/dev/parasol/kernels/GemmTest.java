package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.SoftDevice;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GemmTest {
    private Device device;

    @BeforeEach
    void open() {
        device = new Device();
    }

    @AfterEach
    void close() {
        device.close();
    }

    /** Random columns, and zeros up to the stride. */
    static Matrix operand(Device device, DataType type, int rows, int cols, int stride, long seed) {
        float[] values = new float[rows * stride];
        Random random = new Random(seed);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                values[row * stride + col] = (float) random.nextGaussian();
            }
        }
        Matrix f32 = device.matrix(values, rows, stride);
        if (type == DataType.F32) {
            return new Matrix(f32.address(), type, rows, cols, stride);
        }
        Matrix f16 = device.matrix(type, rows, stride, stride);
        device.kernels().convert().launch(device.stream(), f32, f16, 0);
        return new Matrix(f16.address(), type, rows, cols, stride);
    }

    static double dot(float[] a, int rowA, Matrix shapeA, float[] w, int rowW, Matrix shapeW) {
        double sum = 0;
        for (int i = 0; i < shapeW.cols(); i++) {
            sum += (double) a[rowA * shapeA.stride() + i] * w[rowW * shapeW.stride() + i];
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({
        "F16, F16, 1, 20, 60", "F16, F16, 17, 131, 128", "F16, F32, 70, 33, 100", "F16, F32, 200, 129, 64", "F32, F32, 9, 65, 80", "F32, F32, 66, 140, 64"})
    void agreesWithReference(DataType in, DataType out, int m, int n, int k) {
        Matrix a = operand(device, in, m, k, 192, 1);
        Matrix w = operand(device, in, n, k, 128, 2);
        float[] bias = Device.random(3, n);
        float[] added = Device.random(4, m * n);
        Matrix residual = device.matrix(added, m, n);
        Matrix c = device.matrix(out, m, n, n + 3);
        int rows = m - m / 4;
        device.kernels().gemm().launch(device.stream(), a, w, device.floats(bias), residual, true, c, device.ints(rows));

        float[] values = device.read(c);
        float[] left = device.read(a);
        float[] right = device.read(w);
        for (int row = 0; row < m; row++) {
            for (int col = 0; col < c.stride(); col++) {
                float value = values[row * c.stride() + col];
                if (row >= rows || col >= n) {
                    assertThat(value).as("[%d, %d]", row, col).isNaN();
                    continue;
                }
                double expected = Math.max(0, dot(left, row, a, right, col, w) + bias[col]) + added[row * n + col];
                double tolerance = (out == DataType.F16 ? 1.0 / 2048 : 1e-6) * Math.abs(expected) + 1e-4;
                assertThat((double) value).as("[%d, %d]", row, col).isCloseTo(expected, within(tolerance));
            }
        }
    }

    @Test
    void residualMayBeTheOutput() {
        Matrix a = operand(device, DataType.F16, 20, 64, 64, 1);
        Matrix w = operand(device, DataType.F16, 30, 64, 64, 2);
        float[] before = Device.random(3, 20 * 30);
        Matrix apart = device.matrix(20, 30);
        Matrix inPlace = device.matrix(before, 20, 30);
        device.kernels().gemm().launch(device.stream(), a, w, 0, device.matrix(before, 20, 30), false, apart, 0);
        device.kernels().gemm().launch(device.stream(), a, w, 0, inPlace, false, inPlace, 0);
        assertThat(device.read(inPlace)).isEqualTo(device.read(apart));
    }

    /** Over all tiles: a row's bits are the same whatever the number of rows it is multiplied with. */
    @ParameterizedTest
    @CsvSource({"F16, F16", "F16, F32", "F32, F32"})
    void aRowDoesNotDependOnTheNumberOfRows(DataType in, DataType out) {
        int n = 1600;
        int most = 1000;
        Matrix a = operand(device, in, most, 64, 64, 1);
        Matrix w = operand(device, in, n, 64, 64, 2);
        float[] first = null;
        for (int m : new int[] {1, 16, 17, 64, 65, most}) {
            Matrix c = device.matrix(out, m, n, n);
            Matrix rows = new Matrix(a.address(), in, m, 64, 64);
            device.kernels().gemm().launch(device.stream(), rows, w, 0, null, false, c, 0);
            float[] row = Arrays.copyOf(device.read(c), n);
            if (first == null) {
                first = row;
            }
            assertThat(row).as("%d rows", m).isEqualTo(first);
        }
    }

    /** Over every tile and depth that the device can launch: the same bits, with bias, ReLU and residual. */
    @ParameterizedTest
    @CsvSource({"F16, F16", "F16, F32", "F32, F32"})
    void everyChoiceGivesTheSameBits(DataType in, DataType out) {
        int m = 70;
        int n = 130;
        Matrix a = operand(device, in, m, 200, 256, 1);
        Matrix w = operand(device, in, n, 200, 256, 2);
        Matrix residual = device.matrix(Device.random(3, m * n), m, n);
        long bias = device.floats(Device.random(4, n));
        Gemm gemm = device.kernels().gemm();
        float[] first = null;
        assertThat(gemm.choices(in, out)).isNotEmpty();
        for (TileChoice choice : gemm.choices(in, out)) {
            gemm.force(in, out, choice);
            Matrix c = device.matrix(out, m, n, n);
            gemm.launch(device.stream(), a, w, bias, residual, true, c, 0);
            float[] bits = device.read(c);
            if (first == null) {
                first = bits;
            }
            assertThat(bits).as(choice.toString()).isEqualTo(first);
        }
        assertThatThrownBy(() -> gemm.force(in, out, new TileChoice("3x5", 2))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(gemm.kernelName(in, out) + ": there is no TileChoice[tile=3x5, stages=2] on this device");
    }

    @Test
    void noRowsIsNoLaunch() {
        Matrix a = new Matrix(device.allocate(64), DataType.F16, 0, 64, 64);
        Matrix w = operand(device, DataType.F16, 8, 64, 64, 1);
        long before = device.context().launches();
        device.kernels().gemm().launch(device.stream(), a, w, 0, null, false, new Matrix(device.allocate(64), DataType.F16, 0, 8, 8), 0);
        assertThat(device.context().launches()).isEqualTo(before);
    }

    @Test
    void wrongShapesAreNamed() {
        Gemm gemm = device.kernels().gemm();
        Matrix a = device.matrix(DataType.F16, 4, 64, 64);
        Matrix w = device.matrix(DataType.F16, 8, 64, 64);
        Matrix c = device.matrix(DataType.F16, 4, 8, 8);
        assertThatThrownBy(() -> gemm.launch(device.stream(), a, device.matrix(DataType.F16, 8, 48, 48), 0, null, false, c, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("gemm: the stride of the weight matrix is 48, but must be at least 64");
        assertThatThrownBy(() -> gemm.launch(device.stream(), a, device.matrix(DataType.F16, 8, 128, 128), 0, null, false, c, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("gemm: the column count of A is 64, but must be 128");
        assertThatThrownBy(() -> gemm.launch(device.stream(), a, device.matrix(DataType.F32, 8, 64, 64), 0, null, false, c, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("gemm: the weight matrix is F32, but must be F16");
        assertThatThrownBy(() -> gemm.launch(device.stream(), a, w, 0, null, false, device.matrix(DataType.F16, 4, 9, 9), 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("gemm: the column count of C is 9, but must be 8");
        assertThatThrownBy(() -> gemm.launch(device.stream(), a, w, 0, null, false, device.matrix(DataType.F16, 3, 8, 8), 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("gemm: the row count of C is 3, but must be at least 4");
        assertThatThrownBy(() -> gemm.launch(device.stream(), a, w, 0, device.matrix(4, 7), false, c, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("gemm: the column count of the residual is 7, but must be 8");
        assertThatThrownBy(() -> gemm.launch(device.stream(), new Matrix(a.address() + 2, DataType.F16, 3, 64, 64), w, 0, null, false, c, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("gemm: A begins at address").hasMessageEndingWith("multiples of 16 bytes");
        assertThatThrownBy(() -> gemm.launch(device.stream(), new Matrix(a.address(), DataType.F16, 3, 64, 68), w, 0, null, false, c, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("stride of 68");
        assertThatThrownBy(() -> new Matrix(a.address(), DataType.F16, 3, 64, 63)).isInstanceOf(IllegalArgumentException.class);
    }

    /** What one part of a launcher holds is given back though giving back that of another failed. */
    @Test
    void closingGoesOnAfterAFailure() {
        assumeTrue(DeviceSpec.select(null).kind() == DeviceSpec.Kind.SOFT, "only the software device can be made to fail");
        Gemm gemm = new Gemm(device.context().kernels());
        for (DataType type : new DataType[] {DataType.F16, DataType.F32}) {
            gemm.launch(device.stream(), operand(device, type, 2, 64, 64, 1), operand(device, type, 3, 64, 64, 2), 0, null, false, device.matrix(2, 3), 0);
        }
        device.stream().synchronize();
        long before = SoftDevice.calls("cuMemFreeHost");
        SoftDevice.failCall("cuMemFreeHost", 1, 1);
        try {
            assertThatThrownBy(gemm::close).isInstanceOf(CudaException.class);
        } finally {
            SoftDevice.clearFailures();
        }
        assertThat(SoftDevice.calls("cuMemFreeHost") - before).isEqualTo(2);
    }
}
