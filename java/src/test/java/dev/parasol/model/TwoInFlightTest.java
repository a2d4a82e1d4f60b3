package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parasol.cuda.VirtualMemory;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.memory.MemoryReport;
import dev.parasol.testing.Samples;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two batches in flight give the ids of one after the other. */
class TwoInFlightTest {
    private static final int[] NUMBERS = {0, 1, 2, 4, 7, 12, 15};

    private static List<List<float[]>> batches(int count) {
        Random random = new Random(9);
        List<List<float[]>> batches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batches.add(random.ints(1 + random.nextInt(3), 0, NUMBERS.length).mapToObj(n -> Samples.waveform(NUMBERS[n])).toList());
        }
        return batches;
    }

    private static List<List<int[]>> runAll(TestDevice device, List<List<float[]>> batches) {
        List<List<int[]>> results = new ArrayList<>();
        device.model().runAll(batches.iterator(), results::add);
        return results;
    }

    private static List<List<List<Integer>>> lists(List<List<int[]>> results) {
        return results.stream().map(batch -> batch.stream().map(ids -> IntStream.of(ids).boxed().toList()).toList()).toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void idsAreThoseOfOneAfterTheOther(boolean graphs) {
        List<List<float[]>> batches = batches(7);
        try (TestDevice device = new TestDevice(Samples.model(), Precision.FP16)) {
            device.model().useGraphs(graphs);
            List<List<int[]>> expected = batches.stream().map(batch -> device.model().run(batch, null)).toList();
            for (int round = 0; round < 3; round++) {
                assertThat(lists(runAll(device, batches))).isEqualTo(lists(expected));
            }
            assertThat(runAll(device, List.of())).isEmpty();
        }
    }

    @Test
    void bothSlabsAreForecastAndCounted() {
        List<float[]> batch = batches(1).get(0);
        try (TestDevice device = new TestDevice(Samples.model(), Precision.FP16)) {
            runAll(device, List.of(batch, batch, batch));
            MemoryForecast forecast = MemoryForecast.of(ModelFolder.open(Samples.model()), LayerMask.ALL, Precision.FP16, device.model().layout(batch).shape());
            MemoryReport report = device.memory().report();
            assertThat(report.used()).isEqualTo(forecast.totalBytes() + forecast.slabBytes());
            long slab = MemoryForecast.mapped(forecast.slabBytes(), VirtualMemory.granularity(device.context()));
            assertThat(device.model().reserved()).isEqualTo(2 * slab);
            device.model().trim();
            assertThat(device.model().reserved()).isZero();
            assertThat(forecast.toText(false)).containsPattern("with two such batches in flight\\s+" + (forecast.totalBytes() + forecast.slabBytes()));
        }
    }

    /** With room for one slab only, and then for none. */
    @Test
    void whereMemoryIsShortOneRunsAfterTheOther() {
        List<List<float[]>> batches = batches(5);
        try (TestDevice device = new TestDevice(Samples.model(), Precision.FP16)) {
            List<List<int[]>> expected = batches.stream().map(batch -> device.model().run(batch, null)).toList();
            device.memory().budget().limitTo(device.memory().budget().used());
            assertThat(lists(runAll(device, batches))).isEqualTo(lists(expected));
            assertThat(device.memory().slab(1).mapped()).isZero();
            device.model().trim();
            device.memory().budget().limitTo(device.memory().budget().used());
            assertThatExceptionOfType(DeviceMemoryExhausted.class).isThrownBy(() -> runAll(device, batches));
            device.memory().budget().limitTo(Long.MAX_VALUE);
            assertThat(lists(runAll(device, batches))).isEqualTo(lists(expected));
        }
    }
}
