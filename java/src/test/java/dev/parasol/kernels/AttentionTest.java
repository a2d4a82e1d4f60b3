package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.cuda.DataType;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionTest {
    private Device device;

    @BeforeEach
    void open() {
        device = new Device();
    }

    @AfterEach
    void close() {
        device.close();
    }

    private static Matrix columns(Matrix matrix, int first, int count) {
        return new Matrix(matrix.address() + (long) first * matrix.type().bytes(), matrix.type(), matrix.rows(), count, matrix.stride());
    }

    @ParameterizedTest
    @CsvSource({"F16, 32", "F16, 64", "F16, 80", "F16, 128", "F32, 32", "F32, 64", "F32, 80", "F32, 128"})
    void selfAttentionAgreesWithReference(DataType type, int headSize) {
        int heads = 2;
        int[] lengths = {70, 0, 1, 33};
        int width = heads * headSize;
        int stride = (width + 63) / 64 * 64;
        int[] offsets = Device.offsets(lengths);
        int rows = offsets[lengths.length];
        Matrix qkv = GemmTest.operand(device, type, rows, 3 * width, 3 * width, 1);
        Matrix output = device.matrix(type, rows, stride, stride);
        Ragged frames = device.ragged(lengths);
        device.kernels().attention().launch(device.stream(), heads, columns(qkv, 0, width), frames, columns(qkv, width, width),
                columns(qkv, 2 * width, width), frames, output);

        float[] in = device.read(qkv);
        float[] out = device.read(output);
        for (int b = 0; b < lengths.length; b++) {
            for (int row = 0; row < lengths[b]; row += 3) {
                for (int h = 0; h < heads; h++) {
                    double[] expected = reference(in, in, 3 * width, offsets[b] + row, width, offsets[b], lengths[b], h * headSize, headSize, width);
                    for (int c = 0; c < headSize; c++) {
                        assertThat((double) out[(offsets[b] + row) * stride + h * headSize + c]).as("utterance %d, row %d, head %d, column %d", b, row, h, c)
                                .isCloseTo(expected[c], within(type == DataType.F16 ? 4e-3 : 1e-5));
                    }
                }
                for (int c = width; c < stride; c++) {
                    assertThat(out[(offsets[b] + row) * stride + c]).as("padding").isZero();
                }
            }
        }
    }

    /** Softmax of one query row over an utterance's keys; k is {@code kColumn} columns behind q, v another {@code width}. */
    private static double[] reference(float[] q, float[] kv, int stride, int row, int kColumn, int firstKey, int keys, int column, int headSize, int width) {
        double[] weights = new double[keys];
        for (int key = 0; key < keys; key++) {
            for (int c = 0; c < headSize; c++) {
                weights[key] += (double) q[row * stride + column + c] * kv[(firstKey + key) * stride + kColumn + column + c];
            }
        }
        double maximum = Arrays.stream(weights).max().orElseThrow();
        double sum = 0;
        for (int key = 0; key < keys; key++) {
            weights[key] = Math.exp((weights[key] - maximum) / Math.sqrt(headSize));
            sum += weights[key];
        }
        double[] result = new double[headSize];
        for (int c = 0; c < headSize; c++) {
            for (int key = 0; key < keys; key++) {
                result[c] += weights[key] / sum * kv[(firstKey + key) * stride + kColumn + width + column + c];
            }
        }
        return result;
    }

    /** Tokens over frames, each utterance alone and in the batch, whose true number of tokens is below the bound. */
    @ParameterizedTest
    @CsvSource({"F16", "F32"})
    void crossAttentionOfAnUtteranceIsItsOwn(DataType type) {
        int width = 128;
        int[] tokens = {5, 66, 2};
        int[] frames = {20, 130, 64};
        int[] tokenOffsets = Device.offsets(tokens);
        int[] frameOffsets = Device.offsets(frames);
        int bound = frameOffsets[3];
        Attention attention = device.kernels().attention();
        Matrix q = GemmTest.operand(device, type, bound, width, width, 1);
        Matrix kv = GemmTest.operand(device, type, bound, 2 * width, 2 * width, 2);
        Matrix output = device.matrix(type, bound, width, width);
        attention.launch(device.stream(), 1, q, new Ragged(device.ints(tokenOffsets), 3, bound), columns(kv, 0, width), columns(kv, width, width),
                device.ragged(frames), output);
        float[] together = device.read(output);
        for (int b = 0; b < 3; b++) {
            Matrix own = new Matrix(kv.address() + (long) frameOffsets[b] * kv.stride() * type.bytes(), type, frames[b], 2 * width, 2 * width);
            Matrix queries = new Matrix(q.address() + (long) tokenOffsets[b] * width * type.bytes(), type, tokens[b], width, width);
            Matrix alone = device.matrix(type, tokens[b], width, width);
            attention.launch(device.stream(), 1, queries, device.ragged(tokens[b]), columns(own, 0, width), columns(own, width, width),
                    device.ragged(frames[b]), alone);
            assertThat(device.read(alone)).as("utterance %d", b)
                    .isEqualTo(Arrays.copyOfRange(together, tokenOffsets[b] * width, tokenOffsets[b + 1] * width));
        }
        for (int i = tokenOffsets[3] * width; i < together.length; i++) {
            assertThat(together[i]).as("behind the tokens").isNaN();
        }
    }

    /** Blocks are as large as the device can be kept busy with. */
    @Test
    void blocksFollowTheBatchAndTheDevice() {
        assertThat(Attention.queriesOfBlock(new Ragged(1, 1, 167), 4, 132)).isEqualTo(32);
        assertThat(Attention.queriesOfBlock(new Ragged(1, 20, 20000), 4, 132)).isEqualTo(128);
        assertThat(Attention.queriesOfBlock(new Ragged(1, 1, 167), 4, 4)).isGreaterThan(32);
    }

    /** A batch so large that it takes other blocks than its utterances alone. */
    @Test
    void largeBlocksGiveTheBitsOfSmallOnes() {
        int[] lengths = {300, 129, 1, 500, 64, 700};
        int rows = Arrays.stream(lengths).sum();
        int multiprocessors = device.context().properties().multiprocessors();
        assertThat(Attention.queriesOfBlock(new Ragged(1, lengths.length, rows), 8, multiprocessors)).as("the batch's block")
                .isNotEqualTo(Attention.queriesOfBlock(new Ragged(1, 1, 64), 8, multiprocessors));
        int width = 8 * 32;
        Matrix qkv = GemmTest.operand(device, DataType.F16, rows, 3 * width, 3 * width, 1);
        Matrix output = device.matrix(DataType.F16, rows, width, width);
        Attention attention = device.kernels().attention();
        attention.launch(device.stream(), 8, columns(qkv, 0, width), device.ragged(lengths), columns(qkv, width, width), columns(qkv, 2 * width, width),
                device.ragged(lengths), output);
        float[] together = device.read(output);
        int first = lengths[0] + lengths[1] + lengths[2] + lengths[3];
        Matrix own = new Matrix(qkv.address() + (long) first * qkv.stride() * 2, DataType.F16, 64, 3 * width, 3 * width);
        Matrix alone = device.matrix(DataType.F16, 64, width, width);
        attention.launch(device.stream(), 8, columns(own, 0, width), device.ragged(64), columns(own, width, width), columns(own, 2 * width, width),
                device.ragged(64), alone);
        assertThat(device.read(alone)).isEqualTo(Arrays.copyOfRange(together, first * width, (first + 64) * width));
    }

    @Test
    void oneLaunchWhateverTheBatch() {
        int[] lengths = new int[50];
        Arrays.fill(lengths, 3);
        Matrix qkv = GemmTest.operand(device, DataType.F16, 150, 96, 96, 1);
        Ragged frames = device.ragged(lengths);
        Matrix output = device.matrix(DataType.F16, 150, 32, 32);
        long before = device.context().launches();
        device.kernels().attention().launch(device.stream(), 1, columns(qkv, 0, 32), frames, columns(qkv, 32, 32), columns(qkv, 64, 32), frames, output);
        assertThat(device.context().launches()).isEqualTo(before + 1);
    }

    @Test
    void wrongShapesAreNamed() {
        Attention attention = device.kernels().attention();
        Matrix q = device.matrix(DataType.F16, 4, 64, 64);
        Ragged rows = device.ragged(4);
        assertThatThrownBy(() -> attention.launch(device.stream(), 3, q, rows, q, q, rows, q))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("attention: 3 heads of 64 columns have no head size of [32, 64, 80, 128]");
        assertThatThrownBy(() -> attention.launch(device.stream(), 1, q, rows, device.matrix(DataType.F16, 4, 32, 32), q, rows, q))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("attention: the column count of K is 32, but must be 64");
        assertThatThrownBy(() -> attention.launch(device.stream(), 1, q, rows, q, device.matrix(DataType.F16, 3, 64, 64), rows, q))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("attention: the row count of V is 3, but must be at least 4");
        assertThatThrownBy(() -> attention.launch(device.stream(), 1, q, rows, q, q, device.ragged(2, 2), q))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("attention: the number of utterances with keys is 2, but must be 1");
        assertThatThrownBy(() -> attention.launch(device.stream(), 1, q, rows, q, q, rows, device.matrix(DataType.F32, 4, 64, 64)))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("attention: the output is F32, but must be F16");
    }
}
