package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.VirtualMemory;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryReport;
import dev.parasol.memory.MemoryReport.Holder;
import dev.parasol.memory.MemoryReport.RegionUse;
import dev.parasol.memory.MemorySystem;
import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is forecast is what is measured, to the byte. */
class MemoryForecastTest {
    record Case(String model, Precision precision, String layers) {}

    static Stream<Case> cases() {
        String sample = Samples.model();
        return Stream.of(new Case(sample, Precision.FP16, null), new Case(sample, Precision.FP32, null), new Case(sample, Precision.FP16, "0,2-4,d1"),
                new Case(sample, Precision.INT8, null), new Case(sample, Precision.INT8_WEIGHTS, "0,2-4,d1"), new Case("synth:" + sample + ":3", Precision.INT8, null),
                new Case("digits-deep", Precision.INT8, "0-8,10-13"), new Case("sanm512", Precision.INT8_WEIGHTS, null),
                new Case(sample, Precision.FP32, "0"), new Case("synth:" + sample + ":3", Precision.FP16, "0-4"),
                new Case("digits-deep", Precision.FP16, "0-8,10-13"), new Case("digits-seaco", Precision.FP16, null),
                new Case("sanm512", Precision.FP16, null));
    }

    private static ModelFolder folder(String model) {
        return ModelFolder.open(model.contains("/") ? model : Shared.path("models/" + model).toString());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void measuredIsForecast(Case c) {
        ModelFolder folder = folder(c.model());
        LayerMask mask = c.layers() == null ? LayerMask.ALL : LayerMask.parse(c.layers());
        try (CudaContext context = CudaContext.open(DeviceSpec.select(null));
                MemorySystem memory = new MemorySystem(context, Budget.ofBytes(Long.MAX_VALUE));
                Paraformer model = Paraformer.load(context, memory, folder, mask, c.precision(), Progress.NONE)) {
            long granularity = VirtualMemory.granularity(context);
            long mostMapped = 0;
            for (long[] samples : new long[][] {{1}, {16_000, 1, 4_321}, {30_000, 30_000}}) {
                BatchShape shape = BatchLayout.ofWaveforms(folder.config().frontend(), samples).shape();
                MemoryForecast forecast = MemoryForecast.of(folder, mask, c.precision(), shape);
                model.run(waveforms(samples), null);

                MemoryReport report = memory.report();
                assertRegion(report, "weights", forecast.weightBytes(), forecast.weightBytes(), MemoryForecast.mapped(forecast.weightBytes(), granularity));
                assertRegion(report, "staging", 0, forecast.stagingBytes(), 0);
                RegionUse slab = region(report, "slab 0");
                assertThat(slab.used()).isEqualTo(forecast.slabBytes());
                assertThat(slab.holders()).isEqualTo(forecast.plan().holders());
                assertThat(report.used()).isEqualTo(forecast.totalBytes());
                mostMapped = Math.max(mostMapped, forecast.mostMapped(granularity));
                assertThat(report.peak()).isEqualTo(mostMapped);

                model.trim();
                model.reserve(shape);
                assertThat(memory.report().held()).isEqualTo(MemoryForecast.mapped(forecast.weightBytes(), granularity)
                        + MemoryForecast.mapped(forecast.slabBytes(), granularity));
            }
        }
    }

    private static RegionUse region(MemoryReport report, String name) {
        return report.regions().stream().filter(region -> region.name().equals(name)).findFirst().orElseThrow();
    }

    private static void assertRegion(MemoryReport report, String name, long used, long peak, long mapped) {
        RegionUse region = region(report, name);
        assertThat(List.of(region.used(), region.peak(), region.mapped())).as(name).containsExactly(used, peak, mapped);
    }

    private static List<float[]> waveforms(long... samples) {
        List<float[]> waveforms = new ArrayList<>();
        for (long count : samples) {
            float[] wave = new float[(int) count];
            for (int i = 0; i < count; i++) {
                wave[i] = (float) (0.3 * Math.sin(0.05 * i));
            }
            waveforms.add(wave);
        }
        return waveforms;
    }

    @Test
    void groupsAddUp() {
        MemoryForecast forecast = large(LayerMask.ALL);
        assertThat(forecast.weights().stream().mapToLong(Holder::bytes).sum()).isEqualTo(forecast.weightBytes());
        assertThat(forecast.weights()).extracting(Holder::name)
                .containsExactly("front-end tables", "encoder", "predictor", "decoder", "output layer", "alignment");
        assertThat(LongStream.of(forecast.plan().liveBytes()).max().orElseThrow()).isEqualTo(forecast.plan().lowerBound());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 300})
    void fiveMinutesOfParaformerLargeStayBelow490Megabytes(int utterances) {
        MemoryForecast forecast = large(LayerMask.ALL, utterances);
        System.out.print(forecast.toText(false));
        assertThat(forecast.totalBytes()).isLessThanOrEqualTo(490_000_000);
        assertThat(forecast.slabBytes()).isLessThanOrEqualTo(forecast.plan().lowerBound() * 101 / 100);
    }

    @Test
    void aMaskMakesWeightsSmaller() {
        MemoryForecast whole = large(LayerMask.ALL);
        MemoryForecast pruned = large(LayerMask.parse("0-24,d0-7"));
        assertThat(pruned.notice()).hasValue("kept 25 of 50 encoder layers and 8 of 16 decoder layers");
        assertThat(pruned.weightBytes()).isBetween(whole.weightBytes() / 2, whole.weightBytes() * 53 / 100);
        assertThat(pruned.plan().stepCount()).isLessThan(whole.plan().stepCount());
        assertThat(pruned.toText(true)).contains("encoder.encoders.23 ", "decoder.decoders.7 ").doesNotContain("encoder.encoders.24 ", "decoder.decoders.8 ");
    }

    @Test
    void byLayerTellsEveryStepOnce() {
        List<String> rows = large(LayerMask.ALL).toText(true).lines().dropWhile(line -> !line.startsWith("activations by layer")).skip(1).toList();
        assertThat(rows).hasSizeGreaterThan(50 + 17);
        int next = 0;
        for (String row : rows) {
            String[] range = row.replaceFirst("^ {2}.{32}.{15}\\s+(\\d+-\\d+) .*", "$1").split("-");
            assertThat(Integer.parseInt(range[0])).as(row).isEqualTo(next);
            next = Integer.parseInt(range[1]) + 1;
        }
        assertThat(next).isEqualTo(large(LayerMask.ALL).plan().stepCount());
    }

    @Test
    void aFolderWithoutWeightsWillDo() {
        ModelFolder folder = ModelFolder.open(Shared.path("models/paraformer-large-config").toString());
        assertThat(folder.hasCheckpoint()).isFalse();
        BatchShape shape = BatchLayout.ofSeconds(folder.config().frontend(), 300, 20).shape();
        MemoryForecast forecast = MemoryForecast.of(folder, LayerMask.ALL, Precision.FP16, shape);
        assertThat(forecast.totalBytes()).isEqualTo(large(LayerMask.ALL).totalBytes());
    }

    private static MemoryForecast large(LayerMask mask) {
        return large(mask, 20);
    }

    private static MemoryForecast large(LayerMask mask, int utterances) {
        ModelFolder folder = ModelFolder.open("synth:paraformer-large");
        return MemoryForecast.of(folder, mask, Precision.FP16, BatchLayout.ofSeconds(folder.config().frontend(), 300, utterances).shape());
    }
}
