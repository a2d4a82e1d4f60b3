package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.cuda.SoftDevice;
import dev.parasol.cuda.Stream;
import dev.parasol.kernels.KernelSet;
import dev.parasol.kernels.Matrix;
import dev.parasol.memory.Budget;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.memory.MemorySystem;
import dev.parasol.testing.Shared;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeviceWeightsTest {
    private static final List<WeightSpec> SMALL = List.of(
            new WeightSpec("matrix", new long[] {5, 70}, Packing.MATRIX, DataType.F16),
            new WeightSpec("matrix32", new long[] {3, 64}, Packing.MATRIX, DataType.F32),
            new WeightSpec("conv", new long[] {4, 6, 3}, Packing.CONV, DataType.F16),
            new WeightSpec("transposed", new long[] {5, 6}, Packing.TRANSPOSED, DataType.F16),
            new WeightSpec("upsampling", new long[] {4, 5, 3}, Packing.TRANSPOSED, DataType.F32),
            new WeightSpec("filter", new long[] {6, 1, 11}, Packing.DEPTHWISE, DataType.F32),
            new WeightSpec("vector", new long[] {7}, Packing.VECTOR, DataType.F32),
            new WeightSpec("row", new long[] {1, 9}, Packing.VECTOR, DataType.F32));
    private static final int INVALID_VALUE = 1;

    private final CudaContext context = CudaContext.open(DeviceSpec.parse("soft:0"));
    private final Budget budget = Budget.ofBytes(Long.MAX_VALUE);
    private final MemorySystem memory = new MemorySystem(context, budget);
    private final KernelSet kernels = new KernelSet(context.kernels());

    @AfterEach
    void close() {
        SoftDevice.clearFailures();
        try (context; memory; kernels) {
            assertThat(budget.used()).isZero();
        }
    }

    private DeviceWeights load(Checkpoint checkpoint, List<WeightSpec> specs, Constant... constants) {
        return DeviceWeights.load(context, memory.weights(), memory.staging(), kernels, checkpoint, specs, List.of(constants), name -> false,
                Progress.NONE);
    }

    private float[] read(long address, DataType type, int count) {
        try (Stream stream = context.newStream(); HostBuffer host = context.allocateHost((long) count * type.bytes())) {
            stream.copyToHost(host, 0, address, host.size());
            stream.synchronize();
            ByteBuffer bytes = host.bytes();
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = type == DataType.F32 ? bytes.getFloat() : HostTensors.half(bytes.getShort());
            }
            return values;
        }
    }

    /** What a tensor must look like on the device, padding included. */
    private static float[] packed(WeightSpec spec, float[] source) {
        float[] result = new float[spec.rows() * spec.stride()];
        long[] shape = spec.shape();
        for (int row = 0; row < spec.rows(); row++) {
            for (int col = 0; col < spec.cols(); col++) {
                result[row * spec.stride() + col] = source[switch (spec.packing()) {
                    case MATRIX, ROWS, INT8, INT8_INTERLEAVED -> row * spec.cols() + col;
                    case CONV -> row * spec.cols() + (int) (col % shape[1] * shape[2] + col / shape[1]);
                    case DEPTHWISE -> col * spec.rows() + row;
                    case TRANSPOSED -> col * spec.rows() + (int) (row % shape[1] * (spec.rows() / shape[1]) + row / shape[1]);
                    case VECTOR -> col;
                }];
            }
        }
        return result;
    }

    private void assertLoaded(DeviceWeights weights, HostCheckpoint checkpoint, List<WeightSpec> specs) {
        for (WeightSpec spec : specs) {
            boolean matrix = spec.packing().isMatrix();
            long address = matrix ? weights.matrix(spec.name()).address() : weights.vector(spec.name());
            assertThat(address % 256).isZero();
            assertThat(read(address, spec.type(), spec.rows() * spec.stride())).as(spec.name()).isEqualTo(packed(spec, checkpoint.values(spec.name())));
        }
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"F32", "F16"})
    void packsEveryKind(DataType stored) {
        HostCheckpoint checkpoint = HostCheckpoint.random(SMALL, stored);
        try (DeviceWeights weights = load(checkpoint, SMALL)) {
            assertLoaded(weights, checkpoint, SMALL);
            Matrix conv = weights.matrix("conv");
            assertThat(conv).isEqualTo(new Matrix(conv.address(), DataType.F16, 4, 18, 64));
            assertThat(weights.bytes()).isEqualTo(DeviceWeights.bytes(SMALL, List.of())).isEqualTo(memory.weights().used());
            assertThat(memory.staging().mapped()).isZero();
            assertThat(weights.contains("row")).isTrue();
            assertThat(weights.contains("x")).isFalse();
            assertThatThrownBy(() -> weights.matrix("vector")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> weights.vector("matrix")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> weights.vector("x")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void largeTensorsComeInPieces() {
        List<WeightSpec> large = List.of(
                new WeightSpec("matrix", new long[] {3001, 1500}, Packing.MATRIX, DataType.F16),
                new WeightSpec("conv", new long[] {1300, 1200, 3}, Packing.CONV, DataType.F16),
                new WeightSpec("vector", new long[] {(16 << 18) + 5}, Packing.VECTOR, DataType.F32));
        HostCheckpoint checkpoint = HostCheckpoint.random(large, DataType.F32);
        assertThat(DeviceWeights.stagingBytes(large, List.of(), false)).isEqualTo(16 << 20);
        long copies = SoftDevice.calls("cuMemcpyHtoDAsync_v2");
        try (DeviceWeights weights = load(checkpoint, large)) {
            assertThat(SoftDevice.calls("cuMemcpyHtoDAsync_v2") - copies).isEqualTo(6);
            assertLoaded(weights, checkpoint, large);
        }
    }

    @Test
    void carriesTables() {
        float[] long1 = new float[100_000];
        long1[99_999] = 3;
        try (DeviceWeights weights = load(HostCheckpoint.random(SMALL, DataType.F32), SMALL, Constant.of("a", new float[] {1, 2}),
                Constant.of("b", new int[] {7}), Constant.of("c", long1))) {
            assertThat(read(weights.constant("a"), DataType.F32, 2)).containsExactly(1, 2);
            assertThat(read(weights.constant("b"), DataType.F32, 1)).containsExactly(Float.intBitsToFloat(7));
            assertThat(read(weights.constant("c"), DataType.F32, 100_000)).isEqualTo(long1);
            assertThatThrownBy(() -> weights.constant("vector")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> load(HostCheckpoint.random(SMALL, DataType.F32), SMALL, Constant.of("row", new int[1])))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("given twice");
    }

    @Test
    void progressEndsAtTheWhole() {
        List<Long> steps = new ArrayList<>();
        Progress progress = (done, total) -> {
            assertThat(total).isEqualTo(DeviceWeights.bytes(SMALL, List.of()));
            steps.add(done);
        };
        DeviceWeights.load(context, memory.weights(), memory.staging(), kernels, HostCheckpoint.random(SMALL, DataType.F32), SMALL, List.of(),
                name -> false, progress).close();
        assertThat(steps).isSorted().hasSizeGreaterThan(SMALL.size()).endsWith(DeviceWeights.bytes(SMALL, List.of()));
    }

    private void assertRefused(HostCheckpoint checkpoint, String... words) {
        assertThatThrownBy(() -> load(checkpoint, SMALL)).isInstanceOf(ModelException.class).hasMessageStartingWith("host").hasMessageContainingAll(words);
        assertThat(memory.weights().mapped() + memory.staging().mapped()).isZero();
    }

    private static HostCheckpoint small() {
        return HostCheckpoint.random(SMALL, DataType.F32);
    }

    @Test
    void namesTensorsThatDoNotFit() {
        assertRefused(small().remove("conv").remove("row"), "lacks 2 tensors", "conv [4x6x3]", "row [1x9]");
        assertRefused(small().put("conv", DataType.F32, new long[] {4, 6, 5}, new float[120]), "conv has the shape 4x6x5, expected 4x6x3");
        assertRefused(small().put("conv", DataType.I64, new long[] {4, 6, 3}, new float[72]), "conv is of type I64");
        assertRefused(small().put("encoder.encoders.9.norm1.weight", DataType.F32, new long[] {1}, 0), "1 tensor too many", "encoder.encoders.9.norm1.weight");
    }

    @Test
    void namesNumbersThatAreNone() {
        float[] numbers = new float[350];
        numbers[2 * 70 + 3] = Float.NaN;
        assertRefused(small().put("matrix", DataType.F32, new long[] {5, 70}, numbers), "matrix is NaN at [2, 3]");
        assertRefused(small().put("matrix", DataType.F16, new long[] {5, 70}, numbers), "matrix is NaN at [2, 3]");
        numbers[2 * 70 + 3] = Float.NEGATIVE_INFINITY;
        assertRefused(small().put("matrix", DataType.F32, new long[] {5, 70}, numbers), "matrix is infinite at [2, 3]");
        assertRefused(small().put("matrix", DataType.F16, new long[] {5, 70}, numbers), "matrix is infinite at [2, 3]");
        numbers[2 * 70 + 3] = 65_520;
        assertRefused(small().put("matrix", DataType.F32, new long[] {5, 70}, numbers), "matrix is 65520.0 at [2, 3]", "more than fp16 can hold", "fp32");
        numbers[2 * 70 + 3] = 65_519;
        assertThatCode(() -> load(small().put("matrix", DataType.F32, new long[] {5, 70}, numbers), SMALL).close()).doesNotThrowAnyException();
    }

    @Test
    void saysWhatIsLeftAside() {
        HostCheckpoint checkpoint = small().put("decoder.embed.0.weight", DataType.F32, new long[] {1}, 0).put("predictor.blstm.a", DataType.F32, new long[] {250_000}, 0)
                .put("predictor.blstm.b", DataType.F32, new long[] {1}, 0).put("extra.x", DataType.F32, new long[] {1}, 0);
        try (DeviceWeights weights = load(checkpoint, SMALL)) {
            assertThat(weights.notices()).containsExactly("skipped: predictor.blstm.* (2 tensors, 1.0 MB)", "host has 1 tensor of unknown use, left aside: extra.x");
        }
    }

    @Test
    void leavesNothingWhereMemoryIsShort() {
        budget.limitTo(1 << 20);
        assertThatThrownBy(() -> load(small(), SMALL)).isInstanceOf(DeviceMemoryExhausted.class);
        budget.limitTo(Long.MAX_VALUE);
        load(small(), SMALL).close();
    }

    @Test
    void leavesNothingWhicheverCallFails() {
        load(small(), SMALL).close();
        long before = SoftDevice.calls(null);
        load(small(), SMALL).close();
        long calls = SoftDevice.calls(null) - before;
        assertThat(calls).isGreaterThan(20);
        for (long nth = 1; nth <= calls; nth++) {
            long alive = alive();
            String failed = loadWithFailureAt(nth);
            memory.weights().trim(0);
            memory.staging().trim(0);
            assertThat(budget.used()).as("budget after failing %s", failed).isZero();
            // what the driver refused to take back is still there
            if (!failed.matches("cuMemFreeHost|cuStreamDestroy|cuEventDestroy")) {
                assertThat(alive()).as("alive after failing %s, call %d", failed, nth).isEqualTo(alive);
            }
        }
        load(small(), SMALL).close();
    }

    /** The call that failed, or nothing when none was left to fail. */
    private String loadWithFailureAt(long nth) {
        SoftDevice.failCall(null, nth, INVALID_VALUE);
        try {
            load(small(), SMALL).close();
            return "";
        } catch (CudaException e) {
            assertThat(e.code()).isEqualTo(INVALID_VALUE);
            return e.call();
        } finally {
            SoftDevice.clearFailures();
        }
    }

    private static long alive() {
        return SoftDevice.live("bytes") + SoftDevice.live("host_bytes") + SoftDevice.live("streams") + SoftDevice.live("events");
    }

    @Test
    void syntheticWeightsAreTheHostsToTheLastBit() {
        ModelConfig config = ConfigReader.read("config.yaml", ConfigReader.parse("config.yaml", ModelFolderTest.CONFIG));
        List<WeightSpec> specs = ModelTensors.required(config, 50, DataType.F32);
        Checkpoint synthetic = new SyntheticCheckpoint("synth:test", config, 50, Extras.NONE, 3);
        HostCheckpoint copy = new HostCheckpoint();
        for (WeightSpec spec : specs) {
            copy.put(spec.name(), DataType.F32, spec.shape(), HostTensors.floats(synthetic, spec.name()));
        }
        try (DeviceWeights weights = load(synthetic, specs)) {
            assertLoaded(weights, copy, specs);
        }
    }

    @Test
    void loadsTheSharedModel() {
        ModelFolder model = ModelFolder.open(Shared.path("models/digits-tiny").toString());
        List<WeightSpec> specs = ModelTensors.required(model.config(), model.vocabulary().size(), DataType.F16);
        try (Checkpoint checkpoint = model.openCheckpoint(); DeviceWeights weights = load(checkpoint, specs)) {
            float[] expected = HostTensors.floats(checkpoint, "encoder.after_norm.weight");
            assertThat(read(weights.vector("encoder.after_norm.weight"), DataType.F32, expected.length)).isEqualTo(expected);
            assertThat(weights.notices()).isEmpty();
            assertThat(memory.report().toText()).contains("weights/encoder", "weights/decoder.output_layer");
        }
    }
}
