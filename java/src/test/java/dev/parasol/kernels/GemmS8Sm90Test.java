package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Quantized.Scaling;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On devices of compute capability 9.0, against {@link GemmS8} to the bit: the build runs these tests on a software device of that kind too. */
class GemmS8Sm90Test {
    private static final int M = 210;
    private static final int N = 300;
    private static final int K = 300;
    private static final int DEPTH = 384;

    private final Device device = new Device();

    @AfterEach
    void close() {
        device.close();
    }

    private void assumeWarpgroups() {
        assumeTrue(device.context().properties().warpgroupProducts(), "the device has no products of warpgroups, which capability 9.0 has");
    }

    /** Random numbers in int8. */
    private Quantized factor(int rows, int cols, Scaling scaling) {
        int stride = (cols + 127) / 128 * 128;
        Matrix values = device.matrix(DataType.I8, rows, cols, stride);
        long source = device.floats(Device.random(rows, rows * cols));
        device.kernels().quantizeWeight().launch(device.stream(), source, DataType.F32, values, false, device.allocate(4L * rows));
        int scales = scaling == Scaling.STATIC ? 1 : rows * Quantized.scaleCount(scaling, stride);
        float[] numbers = Device.random(5, scales);
        for (int i = 0; i < scales; i++) {
            numbers[i] = Math.abs(numbers[i]) / 100;
        }
        return new Quantized(values, device.floats(numbers), scaling);
    }

    /** The same weights, tiled in two pieces. */
    private TiledMatrix tiled(int rows, int cols, long scales) {
        TiledMatrix tiled = new TiledMatrix(device.allocate((long) rows * DEPTH), DataType.I8, rows, cols);
        float[] source = Device.random(rows, rows * cols);
        long address = device.floats(source);
        int split = rows / 3;
        device.kernels().quantizeWeight().launch(device.stream(), address, DataType.F32, tiled, 0, split, scales);
        device.kernels().quantizeWeight().launch(device.stream(), address + 4L * split * cols, DataType.F32, tiled, split, rows - split, scales + 4L * split);
        return tiled;
    }

    @ParameterizedTest
    @CsvSource({"STATIC, F16", "ROWS, F16", "ROWS, F32", "BLOCKS, F32"})
    void hasTheBitsOfTheOtherProductInEveryTile(Scaling scaling, DataType out) {
        assumeWarpgroups();
        Quantized a = factor(M, K, scaling);
        Quantized w = factor(N, K, Scaling.ROWS);
        TiledMatrix tiled = tiled(N, K, device.allocate(4L * N));
        long bias = device.floats(Device.random(3, N));
        Matrix residual = device.matrix(Device.random(4, M * N), M, N);
        Matrix expected = device.matrix(out, M, N, N + 2);
        long rows = device.ints(M - 1);
        device.kernels().gemmS8().launch(device.stream(), a, w.values(), w.scales(), bias, residual, true, expected, rows);
        GemmS8Sm90 gemm = device.kernels().gemmS8Sm90();
        assertThat(gemm.choices(scaling, out)).hasSize(3);
        for (TileChoice choice : gemm.choices(scaling, out)) {
            gemm.force(scaling, out, choice);
            Matrix c = device.matrix(out, M, N, N + 2);
            gemm.launch(device.stream(), a, tiled, w.scales(), bias, residual, true, c, rows);
            assertThat(device.read(c)).as(choice.toString()).isEqualTo(device.read(expected));
        }
    }

    @ParameterizedTest
    @CsvSource({"ROWS, BLOCKS", "STATIC, BLOCKS", "ROWS, STATIC"})
    void requantizesToTheBitsOfTheOtherProductInEveryTile(Scaling scaling, Scaling results) {
        assumeWarpgroups();
        Quantized a = factor(M, K, scaling);
        Quantized w = factor(N, K, Scaling.ROWS);
        TiledMatrix tiled = tiled(N, K, device.allocate(4L * N));
        long bias = device.floats(Device.random(3, N));
        Quantized expected = result(results);
        device.kernels().gemmS8().launch(device.stream(), a, w.values(), w.scales(), bias, true, expected, 0);
        GemmS8Sm90 gemm = device.kernels().gemmS8Sm90();
        for (TileChoice choice : gemm.choices(scaling, DataType.I8)) {
            gemm.force(scaling, DataType.I8, choice);
            Quantized c = result(results);
            gemm.launch(device.stream(), a, tiled, w.scales(), bias, true, c, 0);
            assertThat(device.readBytes(c.values())).as(choice.toString()).isEqualTo(device.readBytes(expected.values()));
            if (results == Scaling.BLOCKS) {
                assertThat(device.readFloats(c.scales(), M * 3)).as(choice.toString()).isEqualTo(device.readFloats(expected.scales(), M * 3));
            }
        }
    }

    private Quantized result(Scaling scaling) {
        Matrix values = device.matrix(DataType.I8, M, N, DEPTH);
        return new Quantized(values, scaling == Scaling.STATIC ? device.floats(0.05f) : device.allocate(4L * M * 3), scaling);
    }

    /** Where the tiles' rows fill the multiprocessors of an H200 in one wave, the tile is taken that does so. */
    @Test
    void tilesFollowTheRows() {
        assertThat(WarpgroupTiles.choose(GemmS8Sm90.TILES, 1, 2048, 4, 132)).isZero();
        assertThat(WarpgroupTiles.choose(GemmS8Sm90.TILES, 6000, 2048, 4, 132)).isEqualTo(2);
        assertThat(WarpgroupTiles.choose(GemmS8Sm90.BLOCKS_TILES, 167, 512, 16, 132)).isZero();
        assertThat(WarpgroupTiles.choose(GemmS8Sm90.BLOCKS_TILES, 6000, 512, 16, 132)).isEqualTo(2);
    }

    @Test
    void otherDevicesAreRefused() {
        assumeFalse(device.context().properties().warpgroupProducts(), "the device has products of warpgroups");
        assertThatIllegalStateException().isThrownBy(() -> device.kernels().gemmS8Sm90()).withMessageContaining("has no products of warpgroups");
    }

    @Test
    void wrongShapesAreNamed() {
        assumeWarpgroups();
        GemmS8Sm90 gemm = device.kernels().gemmS8Sm90();
        Quantized a = factor(2, K, Scaling.ROWS);
        TiledMatrix w = tiled(3, K, device.allocate(12));
        TiledMatrix narrow = new TiledMatrix(w.address(), DataType.I8, 3, 128);
        Matrix c = device.matrix(2, 3);
        assertThatIllegalArgumentException().isThrownBy(() -> gemm.launch(device.stream(), a, narrow, c.address(), 0, null, false, c, 0))
                .withMessage("gemm_s8: the column count of A is 300, but must be 128");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> gemm.launch(device.stream(), a, new TiledMatrix(w.address(), DataType.F16, 3, K), c.address(), 0, null, false, c, 0))
                .withMessage("gemm_s8: the weight matrix is F16, but must be I8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> device.kernels().quantizeWeight().launch(device.stream(), 16, DataType.F32, w, 2, 2, 16))
                .withMessage("quantize_weight: the last row is 4, but must be at most 3");
    }
}
