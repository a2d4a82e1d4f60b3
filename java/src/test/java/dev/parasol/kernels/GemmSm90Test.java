package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parasol.cuda.DataType;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On devices of compute capability 9.0: the build runs these tests on a software device of that kind too. */
class GemmSm90Test {
    private Device device;

    @BeforeEach
    void open() {
        device = new Device();
    }

    @AfterEach
    void close() {
        device.close();
    }

    private void assumeWarpgroups() {
        assumeTrue(device.context().properties().warpgroupProducts(), "the device has no products of warpgroups, which capability 9.0 has");
    }

    private TiledMatrix tiled(float[] values, int rows, int cols) {
        TiledMatrix matrix = new TiledMatrix(device.allocate(2L * rows * ((cols + 63) / 64 * 64)), DataType.F16, rows, cols);
        device.kernels().tileWeight().launch(device.stream(), device.floats(values), DataType.F32, cols, cols, 1, 0, matrix, 0, rows);
        return matrix;
    }

    /** Numbers that fp16 holds. */
    private static float[] halves(long seed, int count) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (random.nextInt(2048) - 1024) / 512f;
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({"F16, 1, 20, 60", "F16, 65, 131, 128", "F32, 70, 33, 100", "F32, 200, 300, 640"})
    void agreesWithReference(DataType out, int m, int n, int k) {
        assumeWarpgroups();
        Matrix a = GemmTest.operand(device, DataType.F16, m, k, 640, 1);
        float[] right = halves(2, n * k);
        float[] bias = Device.random(3, n);
        float[] added = Device.random(4, m * n);
        Matrix c = device.matrix(out, m, n, n + 3);
        int rows = m - m / 4;
        device.kernels().gemmSm90().launch(device.stream(), a, tiled(right, n, k), device.floats(bias), device.matrix(added, m, n), true, c, device.ints(rows));

        float[] values = device.read(c);
        float[] left = device.read(a);
        for (int row = 0; row < m; row++) {
            for (int col = 0; col < c.stride(); col++) {
                float value = values[row * c.stride() + col];
                if (row >= rows || col >= n) {
                    assertThat(value).as("[%d, %d]", row, col).isNaN();
                    continue;
                }
                double sum = bias[col];
                for (int i = 0; i < k; i++) {
                    sum += (double) left[row * a.stride() + i] * right[col * k + i];
                }
                double expected = Math.max(0, sum) + added[row * n + col];
                double tolerance = (out == DataType.F16 ? 1.0 / 2048 : 1e-6) * Math.abs(expected) + 1e-3;
                assertThat((double) value).as("[%d, %d]", row, col).isCloseTo(expected, within(tolerance));
            }
        }
    }

    /** Over all tiles: a row's bits are the same whatever the number of rows it is multiplied with. */
    @ParameterizedTest
    @CsvSource({"F16", "F32"})
    void aRowDoesNotDependOnTheNumberOfRows(DataType out) {
        assumeWarpgroups();
        int n = 640;
        int most = 3000;
        Matrix a = GemmTest.operand(device, DataType.F16, most, 64, 64, 1);
        TiledMatrix w = tiled(halves(2, n * 64), n, 64);
        float[] first = null;
        for (int m : new int[] {1, 64, 65, 128, 600, most}) {
            Matrix c = device.matrix(out, m, n, n);
            device.kernels().gemmSm90().launch(device.stream(), new Matrix(a.address(), DataType.F16, m, 64, 64), w, 0, null, false, c, 0);
            float[] row = Arrays.copyOf(device.read(c), n);
            first = first == null ? row : first;
            assertThat(row).as("%d rows", m).isEqualTo(first);
        }
    }

    @Test
    void tilesFollowTheRows() {
        assertThat(choose(1, 2048, 512)).isZero();
        assertThat(choose(167, 512, 2048)).isZero();
        assertThat(choose(6000, 2048, 512)).isEqualTo(2);
        assertThat(choose(20_000, 1536, 512)).isEqualTo(2);
    }

    private static int choose(int m, int n, int k) {
        return WarpgroupTiles.choose(GemmSm90.TILES, m, n, k / 64, 132);
    }

    /** Whatever is forced, the bits are the same; what there is no kernel for is refused. */
    @Test
    void tilesCanBeForced() {
        assumeWarpgroups();
        GemmSm90 gemm = device.kernels().gemmSm90();
        Matrix a = GemmTest.operand(device, DataType.F16, 70, 128, 128, 1);
        TiledMatrix w = tiled(halves(2, 130 * 128), 130, 128);
        Matrix c = device.matrix(DataType.F16, 70, 130, 130);
        gemm.launch(device.stream(), a, w, 0, null, false, c, 0);
        float[] first = device.read(c);
        assertThat(gemm.choices(DataType.F16)).hasSize(3);
        for (TileChoice choice : gemm.choices(DataType.F16)) {
            gemm.force(DataType.F16, choice);
            Matrix other = device.matrix(DataType.F16, 70, 130, 130);
            gemm.launch(device.stream(), a, w, 0, null, false, other, 0);
            assertThat(device.read(other)).as(choice.toString()).isEqualTo(first);
        }
        assertThatThrownBy(() -> gemm.force(DataType.F16, new TileChoice("64", 5))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gemm_f16_f16_sm90: there is no TileChoice[tile=64, stages=5]");
    }

    @Test
    void otherDevicesAreRefused() {
        assumeTrue(!device.context().properties().warpgroupProducts(), "the device has products of warpgroups");
        assertThatThrownBy(() -> device.kernels().gemmSm90()).isInstanceOf(IllegalStateException.class).hasMessageContaining("has no products of warpgroups");
    }

    @Test
    void wrongShapesAreNamed() {
        assumeWarpgroups();
        GemmSm90 gemm = device.kernels().gemmSm90();
        TiledMatrix w = tiled(halves(1, 8 * 64), 8, 64);
        Matrix c = device.matrix(DataType.F16, 4, 8, 8);
        assertThatThrownBy(() -> gemm.launch(device.stream(), device.matrix(DataType.F32, 4, 64, 64), w, 0, null, false, c, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("gemm: the weight matrix is F16, but must be F32");
        assertThatThrownBy(() -> gemm.launch(device.stream(), device.matrix(DataType.F16, 4, 128, 128), w, 0, null, false, c, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("gemm: the column count of A is 128, but must be 64");
        assertThatThrownBy(() -> new TiledMatrix(8, DataType.F16, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> device.kernels().tileWeight().launch(device.stream(), 16, DataType.F32, 64, 64, 1, 0, w, 5, 4))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("tile_weight: the last row is 9, but must be at most 8");
    }
}
