package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parasol.cuda.DataType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Wrong shapes are refused before anything is launched, with a message that says what is wrong. */
class ShapeChecksTest {
    private static final long ADDRESS = 4096;

    private final Device device = new Device();
    private final Ragged rows = new Ragged(ADDRESS, 2, 8);

    @AfterEach
    void close() {
        device.close();
    }

    private static Matrix f32(int rows, int cols) {
        return new Matrix(ADDRESS, DataType.F32, rows, cols, cols);
    }

    private static Matrix f16(int rows, int cols) {
        return new Matrix(ADDRESS, DataType.F16, rows, cols, cols);
    }

    private static void refused(ThrowingCallable launch, String message) {
        assertThatIllegalArgumentException().isThrownBy(launch).withMessage(message);
    }

    @Test
    void ragged() {
        refused(() -> new Ragged(0, 1, 1), "the offsets of a ragged batch have no address");
        refused(() -> new Ragged(ADDRESS, 0, 1), "a ragged batch needs at least one utterance, not 0");
        refused(() -> new Ragged(ADDRESS, 1, -1), "a ragged batch cannot have -1 rows");
    }

    @Test
    void layerNorm() {
        LayerNorm norm = device.kernels().layerNorm();
        refused(() -> norm.launch(device.stream(), f32(8, 64), ADDRESS, ADDRESS, null, null, 0, 1e-12f), "layer_norm: there is no output");
        refused(() -> norm.launch(device.stream(), f32(8, 64), ADDRESS, ADDRESS, f32(8, 64), null, 0, 1e-12f), "layer_norm: the output is F32, but must be F16");
        refused(() -> norm.launch(device.stream(), f32(8, 64), ADDRESS, ADDRESS, f16(7, 64), null, 0, 1e-12f),
                "layer_norm: the row count of the output is 7, but must be at least 8");
        refused(() -> norm.launch(device.stream(), f32(8, 9000), ADDRESS, ADDRESS, f16(8, 9000), null, 0, 1e-12f),
                "layer_norm: the column count is 9000, but must be at most 8192");
        refused(() -> norm.launch(device.stream(), f32(8, 64), 0, ADDRESS, f16(8, 64), null, 0, 1e-12f), "layer_norm: gamma has no address");
        refused(() -> norm.launch(device.stream(), f32(8, 64), ADDRESS, ADDRESS, f16(8, 64), null, 0, 0), "layer_norm: epsilon is 0.0, but must be above zero");
    }

    @Test
    void fsmnNorm() {
        FsmnNorm fsmn = device.kernels().fsmnNorm();
        refused(() -> fsmn.launch(device.stream(), f16(8, 1028), ADDRESS, 11, 5, rows, f32(8, 1028), ADDRESS, ADDRESS, 1e-12f, f16(8, 1028)),
                "fsmn_norm: the channel count is 1028, but must be at most 1024");
        refused(() -> fsmn.launch(device.stream(), f16(8, 64), ADDRESS, 11, 5, rows, f32(7, 64), ADDRESS, ADDRESS, 1e-12f, f16(8, 64)),
                "fsmn_norm: the row count of x is 7, but must be at least 8");
        refused(() -> fsmn.launch(device.stream(), f16(8, 64), ADDRESS, 11, 5, rows, f32(8, 64), ADDRESS, ADDRESS, 1e-12f, f32(8, 64)),
                "fsmn_norm: the norm is F32, but must be F16");
        refused(() -> fsmn.launch(device.stream(), f16(8, 64), ADDRESS, 11, 5, rows, f32(8, 64), ADDRESS, 0, 1e-12f, f16(8, 64)), "fsmn_norm: beta has no address");
        refused(() -> fsmn.launch(device.stream(), f16(8, 64), ADDRESS, 11, 11, rows, f32(8, 64), ADDRESS, ADDRESS, 1e-12f, f16(8, 64)),
                "fsmn_norm: the left context is 11, but must be at most 10");
        refused(() -> fsmn.launch(device.stream(), f16(8, 64), ADDRESS, 11, 5, rows, f32(8, 64), ADDRESS, ADDRESS, 0, f16(8, 64)),
                "fsmn_norm: epsilon is 0.0, but must be above zero");
    }

    @Test
    void fsmn() {
        Fsmn fsmn = device.kernels().fsmn();
        refused(() -> fsmn.launch(device.stream(), f16(8, 64), ADDRESS, 33, 5, null, rows, f32(8, 64)), "fsmn: the kernel size is 33, but must be at most 32");
        refused(() -> fsmn.launch(device.stream(), f16(8, 64), ADDRESS, 11, 11, null, rows, f32(8, 64)), "fsmn: the left context is 11, but must be at most 10");
        refused(() -> fsmn.launch(device.stream(), f16(8, 64), ADDRESS, 11, 5, f32(8, 32), rows, f32(8, 64)),
                "fsmn: the column count of the residual is 32, but must be 64");
        refused(() -> fsmn.launch(device.stream(), f16(8, 64), ADDRESS, 11, 5, null, rows, f32(4, 64)),
                "fsmn: the row count of the output is 4, but must be at least 8");
    }

    @Test
    void conv() {
        Conv.Shape shape = new Conv.Shape(4, 8, 32, 3, 3, 1, 2, 1);
        Conv.Slice input = new Conv.Slice(f32(8, 32), 0);
        Conv conv = device.kernels().conv();
        refused(() -> new Conv.Shape(4, 6, 32, 3, 3, 1, 1, 1), "conv: the remainder of the input's channels by 4 is 2, but must be 0");
        refused(() -> new Conv.Shape(4, 8, 40, 3, 3, 1, 1, 1), "conv: the remainder of the output's channels by 32 is 8, but must be 0");
        refused(() -> new Conv.Shape(4, 8, 32, 2, 3, 1, 1, 1), "conv: the remainder of the taps over time by 2 is 0, but must be 1");
        refused(() -> new Conv.Gate(ADDRESS, ADDRESS, 0), "conv: the row count of a segment is 0, but must be at least 1");
        refused(() -> conv.launch(device.stream(), shape, input, ADDRESS, ADDRESS, 0, 0, null, true, new Conv.Slice(f32(8, 32), 0), rows, 0, 8),
                "conv: the column count of the output is 32, but must be 64");
        refused(() -> conv.launch(device.stream(), shape, input, ADDRESS, ADDRESS, 0, 0, null, true, new Conv.Slice(f32(8, 64), 0), rows, 1, 8),
                "conv: the row count of the output is 8, but must be at least 9");
        refused(() -> conv.launch(device.stream(), shape, input, ADDRESS, ADDRESS, 0, 0, null, true, new Conv.Slice(f32(8, 64), 2), rows, 1, 1),
                "conv: the first row is 1, but must be at least 2");
    }

    @Test
    void others() {
        refused(() -> device.kernels().unfold().launch(device.stream(), f32(8, 64), rows, 1, 3, f32(8, 128)),
                "unfold: the column count of the output is 128, but must be at least 192");
        refused(() -> device.kernels().positionEncode().launch(device.stream(), f32(8, 7), rows, 1, f32(8, 7)),
                "position_encode: the column count's remainder by 2 is 1, but must be 0");
        refused(() -> device.kernels().convert().launch(device.stream(), f32(8, 64), f32(8, 64), 0), "convert: the output is F32, but must be F16");
        refused(() -> device.kernels().packWeight().launch(device.stream(), ADDRESS, DataType.I64, 1, 1, 1, 1, f32(8, 64)),
                "pack_weight: the source is I64, but must be F32 or F16");
        refused(() -> device.kernels().randomFill().launch(device.stream(), 0, 1, 1, 0, 1), "random_fill: the destination has no address");
        refused(() -> device.kernels().lfrCmvn().launch(device.stream(), f32(30, 80), ADDRESS, rows, ADDRESS, ADDRESS, 7, 6, f32(8, 400)),
                "lfr_cmvn: the column count of the features is 400, but must be 560");
        refused(() -> device.kernels().scaleRelu().launch(device.stream(), f32(8, 64), ADDRESS, ADDRESS, f32(8, 65), 0),
                "scale_relu: the column count of the output is 65, but must be 64");
        refused(() -> device.kernels().segmentSum().launch(device.stream(), f32(8, 64), ADDRESS, rows, 0, f32(8, 64)),
                "segment_sum: the row count of a segment is 0, but must be at least 1");
        refused(() -> device.kernels().camGate().launch(device.stream(), f32(8, 513), ADDRESS, rows, 100, new CamGate.Weights(1, 1, 1, 1), 64, f32(8, 32)),
                "cam_gate: the channel count is 513, but must be at most 512");
        refused(() -> device.kernels().center().launch(device.stream(), f16(8, 64), ADDRESS, 1), "center: the values is F16, but must be F32");
        refused(() -> device.kernels().statsPool().launch(device.stream(), f32(8, 64), ADDRESS, ADDRESS, ADDRESS, f32(1, 64)),
                "stats_pool: the column count of the output is 64, but must be 128");
        refused(() -> new FbankTables(129, 16_000), "fbank: the bin count is 129, but must be at most 128");
    }
}
