package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Quantized.Scaling;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The int8 kernels step by step against the same steps on the host, to the bit, in every tile. */
class Int8KernelsTest {
    private static final int M = 70;
    private static final int N = 140;
    private static final int K = 300;
    private static final int DEPTH = 384;

    private final Device device = new Device();

    @AfterEach
    void close() {
        device.close();
    }

    /** Random numbers in int8 with a scale for each row. */
    private Quantized rows(int rows, int cols, long seed, boolean interleaved) {
        int stride = (cols + 127) / 128 * 128;
        Quantized result = new Quantized(device.matrix(DataType.I8, rows, cols, stride), device.allocate(4L * rows), Scaling.ROWS);
        device.kernels().quantizeWeight().launch(device.stream(), device.floats(Device.random(seed, rows * cols)), DataType.F32, result.values(), interleaved,
                result.scales());
        return result;
    }

    private Quantized blocks(int rows, int cols) {
        int stride = (cols + 127) / 128 * 128;
        return new Quantized(device.matrix(DataType.I8, rows, cols, stride), device.allocate(4L * rows * stride / 128), Scaling.BLOCKS);
    }

    private static byte quantized(float x, float scale) {
        return (byte) Math.max(-127, Math.min(127, Math.rint(x * (scale > 0 ? 1 / scale : 0))));
    }

    private static int sum(byte[] a, int aAt, byte[] w, int wAt, int count) {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            sum += a[aAt + i] * w[wAt + i];
        }
        return sum;
    }

    @Test
    void weightsAreQuantizedByRow() {
        float[] source = Device.random(1, 5 * K);
        Quantized plain = rows(5, K, 1, false);
        Quantized interleaved = rows(5, K, 1, true);
        float[] scales = device.readFloats(plain.scales(), 5);
        byte[] values = device.readBytes(plain.values());
        byte[] moved = device.readBytes(interleaved.values());
        for (int r = 0; r < 5; r++) {
            float most = 0;
            for (int c = 0; c < K; c++) {
                most = Math.max(most, Math.abs(source[r * K + c]));
            }
            assertThat(scales[r]).isEqualTo(most / 127);
            for (int c = 0; c < DEPTH; c++) {
                byte expected = c < K ? quantized(source[r * K + c], scales[r]) : 0;
                assertThat(values[r * DEPTH + c]).isEqualTo(expected);
                int within = c % 16;
                assertThat(moved[r * DEPTH + c / 16 * 16 + within % 8 / 2 * 4 + within / 8 * 2 + within % 2]).isEqualTo(expected);
            }
        }
    }

    @Test
    void productsByRowsAreExactInEveryTile() {
        Quantized a = rows(M, K, 2, false);
        Quantized w = rows(N, K, 3, false);
        float[] bias = Device.random(4, N);
        float[] added = Device.random(5, M * N);
        long biases = device.floats(bias);
        Matrix residual = device.matrix(added, M, N);
        byte[] left = device.readBytes(a.values());
        byte[] right = device.readBytes(w.values());
        float[] leftScales = device.readFloats(a.scales(), M);
        float[] rightScales = device.readFloats(w.scales(), N);
        GemmS8 gemm = device.kernels().gemmS8();
        for (TileChoice choice : gemm.choices(Scaling.ROWS, DataType.F32)) {
            Matrix c = device.matrix(M, N);
            gemm.force(Scaling.ROWS, DataType.F32, choice);
            gemm.launch(device.stream(), a, w.values(), w.scales(), biases, residual, true, c, device.ints(M - 1));
            float[] actual = device.read(c);
            for (int row = 0; row < M - 1; row++) {
                for (int col = 0; col < N; col++) {
                    float x = sum(left, row * DEPTH, right, col * DEPTH, DEPTH) * (leftScales[row] * rightScales[col]);
                    x += bias[col];
                    assertThat(actual[row * N + col]).as("%s [%d, %d]", choice, row, col).isEqualTo(Math.max(x, 0) + added[row * N + col]);
                }
            }
            assertThat(actual[(M - 1) * N]).isNaN();
        }
    }

    @Test
    void requantizedProductsAreExactInEveryTile() {
        Quantized a = rows(M, K, 6, false);
        Quantized w = rows(N, K, 7, false);
        byte[] left = device.readBytes(a.values());
        byte[] right = device.readBytes(w.values());
        float[] leftScales = device.readFloats(a.scales(), M);
        float[] rightScales = device.readFloats(w.scales(), N);
        GemmS8 gemm = device.kernels().gemmS8();
        for (TileChoice choice : gemm.choices(Scaling.ROWS, DataType.I8)) {
            Quantized c = blocks(M, N);
            gemm.force(Scaling.ROWS, DataType.I8, choice);
            gemm.launch(device.stream(), a, w.values(), w.scales(), 0, true, c, 0);
            byte[] actual = device.readBytes(c.values());
            float[] scales = device.readFloats(c.scales(), M * 2);
            for (int row = 0; row < M; row++) {
                float[] x = new float[256];
                float[] most = new float[2];
                for (int col = 0; col < N; col++) {
                    x[col] = Math.max(0, sum(left, row * DEPTH, right, col * DEPTH, DEPTH) * (leftScales[row] * rightScales[col]));
                    most[col / 128] = Math.max(most[col / 128], x[col]);
                }
                for (int col = 0; col < 256; col++) {
                    assertThat(scales[row * 2 + col / 128]).as("%s [%d, %d]", choice, row, col).isEqualTo(most[col / 128] / 127);
                    assertThat(actual[row * 256 + col]).as("%s [%d, %d]", choice, row, col).isEqualTo(quantized(x[col], scales[row * 2 + col / 128]));
                }
            }
        }
    }

    @Test
    void productsByBlocksAreExactInEveryTile() {
        Matrix exact = device.matrix(DataType.F16, M, K, 320);
        device.kernels().convert().launch(device.stream(), device.matrix(Device.random(8, M * K), M, K), exact, 0);
        float[] source = device.read(exact);
        Quantized a = blocks(M, K);
        device.kernels().quantize().launch(device.stream(), exact, a, 0);
        Quantized w = rows(N, K, 9, false);
        byte[] left = device.readBytes(a.values());
        byte[] right = device.readBytes(w.values());
        float[] leftScales = device.readFloats(a.scales(), M * 3);
        float[] rightScales = device.readFloats(w.scales(), N);
        for (int row = 0; row < M; row++) {
            for (int col = 0; col < DEPTH; col++) {
                assertThat(left[row * DEPTH + col]).isEqualTo(col < K ? quantized(source[row * 320 + col], leftScales[row * 3 + col / 128]) : 0);
            }
        }
        GemmS8 gemm = device.kernels().gemmS8();
        for (TileChoice choice : gemm.choices(Scaling.BLOCKS, DataType.F32)) {
            Matrix c = device.matrix(M, N);
            gemm.force(Scaling.BLOCKS, DataType.F32, choice);
            gemm.launch(device.stream(), a, w.values(), w.scales(), 0, null, false, c, 0);
            float[] actual = device.read(c);
            for (int row = 0; row < M; row++) {
                for (int col = 0; col < N; col++) {
                    float total = 0;
                    for (int block = 0; block < 3; block++) {
                        total = Math.fma((float) sum(left, row * DEPTH + block * 128, right, col * DEPTH + block * 128, 128), leftScales[row * 3 + block], total);
                    }
                    assertThat(actual[row * N + col]).as("%s [%d, %d]", choice, row, col).isEqualTo(total * rightScales[col]);
                }
            }
        }
    }

    @Test
    void weightOnlyProductsAgreeInEveryTile() {
        Matrix a = device.matrix(DataType.F16, M, K, 320);
        device.kernels().convert().launch(device.stream(), device.matrix(Device.random(10, M * K), M, K), a, 0);
        Quantized w = rows(N, K, 11, true);
        byte[] weights = device.readBytes(rows(N, K, 11, false).values());
        float[] scales = device.readFloats(w.scales(), N);
        float[] left = device.read(a);
        GemmW8 gemm = device.kernels().gemmW8();
        float[] first = null;
        for (TileChoice choice : gemm.choices(DataType.F32)) {
            Matrix c = device.matrix(M, N);
            gemm.force(DataType.F32, choice);
            gemm.launch(device.stream(), a, w.values(), w.scales(), 0, null, false, c, 0);
            float[] actual = device.read(c);
            first = first == null ? actual : first;
            assertThat(actual).as(choice.toString()).isEqualTo(first);
        }
        for (int row = 0; row < M; row++) {
            for (int col = 0; col < N; col++) {
                double sum = 0;
                for (int i = 0; i < K; i++) {
                    sum += (double) left[row * 320 + i] * weights[col * DEPTH + i];
                }
                assertThat((double) first[row * N + col]).isCloseTo(sum * scales[col], within(1e-4));
            }
        }
    }

    @Test
    void theNormIsLayerNormsAndQuantizedFromFp32() {
        float[] gamma = Device.random(12, K);
        float[] beta = Device.random(13, K);
        Matrix input = device.matrix(Device.random(14, 3 * K), 3, K);
        Matrix plain = device.matrix(3, K);
        Matrix beside = device.matrix(3, K);
        device.kernels().layerNorm().launch(device.stream(), input, device.floats(gamma), device.floats(beta), null, plain, 0, 1e-12f);
        Quantized byRow = new Quantized(device.matrix(DataType.I8, 3, K, DEPTH), device.allocate(12), Scaling.ROWS);
        device.kernels().layerNormS8().launch(device.stream(), input, device.floats(gamma), device.floats(beta), byRow, null, beside, 0, 1e-12f);
        Quantized byOne = new Quantized(device.matrix(DataType.I8, 3, K, DEPTH), device.floats(0.01f), Scaling.STATIC);
        device.kernels().layerNormS8().launch(device.stream(), input, device.floats(gamma), device.floats(beta), byOne, null, null, 0, 1e-12f);
        float[] y = device.read(plain);
        assertThat(device.read(beside)).isEqualTo(y);
        float[] scales = device.readFloats(byRow.scales(), 3);
        byte[] rows = device.readBytes(byRow.values());
        byte[] one = device.readBytes(byOne.values());
        for (int r = 0; r < 3; r++) {
            float most = 0;
            for (int c = 0; c < K; c++) {
                most = Math.max(most, Math.abs(y[r * K + c]));
            }
            assertThat(scales[r]).isEqualTo(most / 127);
            for (int c = 0; c < DEPTH; c++) {
                assertThat(rows[r * DEPTH + c]).isEqualTo(c < K ? quantized(y[r * K + c], scales[r]) : 0);
                assertThat(one[r * DEPTH + c]).isEqualTo(c < K ? quantized(y[r * K + c], 0.01f) : 0);
            }
        }
    }

    @Test
    void wrongShapesAreNamed() {
        Quantized a = rows(2, K, 1, false);
        Quantized w = rows(3, 128, 1, false);
        Matrix c = device.matrix(2, 3);
        assertThatIllegalArgumentException().isThrownBy(() -> device.kernels().gemmS8().launch(device.stream(), a, w.values(), w.scales(), 0, null, false, c, 0))
                .withMessage("gemm_s8: the column count of A is 300, but must be 128");
        assertThatIllegalArgumentException().isThrownBy(() -> new Quantized(device.matrix(DataType.I8, 2, 64, 64), 1, Scaling.ROWS))
                .withMessageContaining("remainder by 128 is 64, but must be 0");
        assertThatIllegalArgumentException().isThrownBy(() -> device.kernels().quantize().launch(device.stream(), device.matrix(DataType.F16, 2, K, 320), a, 0))
                .withMessageContaining("a scale for each row");
    }
}
