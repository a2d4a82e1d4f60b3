package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.kernels.KernelSet;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryReport;
import dev.parasol.memory.MemorySystem;
import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers that are not kept are neither read from disk nor put on the device, counted. */
class PrunedLoadTest {
    private static final long CHUNK = 2 << 20;

    private record Loaded(Map<String, Long> read, long mapped, long used) {}

    private static Loaded load(ModelFolder folder, KeptLayers layers) {
        try (CudaContext context = CudaContext.open(DeviceSpec.select(null));
                MemorySystem memory = new MemorySystem(context, Budget.of(context));
                KernelSet kernels = new KernelSet(context.kernels());
                CountingCheckpoint checkpoint = new CountingCheckpoint(folder.openCheckpoint())) {
            List<WeightSpec> specs = ModelTensors.required(folder.config(), layers, folder.vocabulary().size(), DataType.F32);
            try (DeviceWeights weights = DeviceWeights.load(context, memory.weights(), memory.staging(), kernels, checkpoint, specs, List.of(),
                    layers::drops, Progress.NONE)) {
                MemoryReport report = memory.report();
                assertThat(weights.notices()).isEmpty();
                assertThat(report.used()).isEqualTo(weights.bytes());
                return new Loaded(checkpoint.bytesRead(), report.held(), report.used());
            }
        }
    }

    @Test
    void bytesReadAndMappedAreThoseOfTheKeptLayers() {
        ModelFolder folder = ModelFolder.open(Shared.path("models/digits-deep").toString());
        KeptLayers layers = KeptLayers.of(folder.config(), LayerMask.parse("0-3,12-13,d0,d2"));
        Loaded whole = load(folder, KeptLayers.all(folder.config()));
        Loaded pruned = load(folder, layers);

        Map<String, Long> expected = new HashMap<>();
        long droppedBytes = 0;
        for (WeightSpec spec : ModelTensors.required(folder.config(), folder.vocabulary().size(), DataType.F32)) {
            if (layers.drops(spec.name())) {
                droppedBytes += (spec.bytes() + 255) / 256 * 256;
            } else {
                expected.put(spec.name(), TensorInfo.count(spec.shape()) * 4);
            }
        }
        assertThat(pruned.read()).isEqualTo(expected);
        assertThat(whole.read()).hasSizeGreaterThan(expected.size());
        assertThat(whole.used() - pruned.used()).isEqualTo(droppedBytes);
        assertThat(pruned.mapped()).isEqualTo((pruned.used() + CHUNK - 1) / CHUNK * CHUNK).isLessThan(whole.mapped());
        System.out.printf("digits-deep, all layers: %d bytes read, %d used, %d mapped; 6 of 14 and 2 of 3: %d, %d, %d%n", sum(whole.read()),
                whole.used(), whole.mapped(), sum(pruned.read()), pruned.used(), pruned.mapped());
    }

    /** Nobody says what to leave out: the file does. */
    @Test
    void aPrunedFolderIsReadLikeAMaskedOne(@TempDir Path folder) throws IOException {
        ModelFolder whole = ModelFolder.open(Samples.model());
        KeptLayers mask = KeptLayers.of(whole.config(), LayerMask.parse("0,2-4,d1"));
        Loaded masked = load(whole, mask);
        ModelFolder pruned = PrunedFolderTest.pruned(folder, "0,2-4,d1", "0,2-4,d1");
        assertThat(load(pruned, pruned.keptLayers(LayerMask.ALL)).used()).isEqualTo(masked.used());

        // One with all tensors still in it: they are not read.
        ModelFolder full = PrunedFolderTest.pruned(Files.createDirectory(folder.resolve("full")), "0-5,d0-1", "0,2-4,d1");
        Loaded loaded = load(full, full.keptLayers(LayerMask.ALL));
        assertThat(loaded.read().keySet()).isEqualTo(masked.read().keySet()).noneMatch(mask::drops);
        assertThat(loaded.used()).isEqualTo(masked.used());
        assertThat(loaded.mapped()).isEqualTo(masked.mapped());
        System.out.printf("sample model, 4 of 6 and 1 of 2 layers by its metadata: %d bytes read, %d used, %d mapped%n", sum(loaded.read()),
                loaded.used(), loaded.mapped());
    }

    private static long sum(Map<String, Long> read) {
        return read.values().stream().mapToLong(Long::longValue).sum();
    }

    /** A whole checkpoint is still held against its configuration: what is dropped must be asked for. */
    @Test
    void layersThatNobodyDroppedAreStillTooMany() {
        ModelFolder folder = ModelFolder.open(Shared.path("models/digits-deep").toString());
        KeptLayers layers = KeptLayers.of(folder.config(), LayerMask.parse("0-12"));
        List<WeightSpec> specs = ModelTensors.required(folder.config(), layers, folder.vocabulary().size(), DataType.F32);
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            assertThatExceptionOfType(ModelException.class).isThrownBy(() -> WeightCheck.check(checkpoint, specs, name -> false))
                    .withMessageContainingAll("13 tensors too many", "encoder.encoders.12.");
            assertThat(WeightCheck.check(checkpoint, specs, layers::drops)).isEmpty();
        }
    }
}
