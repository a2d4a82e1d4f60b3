package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.testing.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model on whose passes no greedy order reaches the lower bound: the plan becomes better while batches run, and no bit changes. */
class PlanSwapTest {
    /** 256 wide with inner layers of 512, where lifetimes interlock. */
    private static String interlocking(Path folder) throws IOException {
        Path sample = Path.of(Samples.model());
        String config = Files.readString(sample.resolve("config.yaml")).replace("output_size: 128", "output_size: 256").replace("idim: 128", "idim: 256");
        Files.writeString(folder.resolve("config.yaml"), config);
        Files.copy(sample.resolve("tokens.json"), folder.resolve("tokens.json"));
        return "synth:" + folder + ":1";
    }

    private static List<float[]> features(int... frames) {
        Random random = new Random(4);
        List<float[]> features = new ArrayList<>();
        for (int count : frames) {
            float[] values = new float[count * 560];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            features.add(values);
        }
        return features;
    }

    private static StageRecorder stages(Paraformer model, List<float[]> features) {
        StageRecorder recorder = StageRecorder.all();
        model.runFeatures(features, recorder);
        return recorder;
    }

    private static void awaitSearch(Paraformer model) throws InterruptedException {
        for (int i = 0; i < 1000 && model.plans().searches() > 0; i++) {
            Thread.sleep(10);
        }
        assertThat(model.plans().searches()).isZero();
    }

    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"FP32", "FP16"})
    void aBetterPlanTakesTheOldOnesPlaceBetweenBatches(Precision precision, @TempDir Path folder) throws Exception {
        List<float[]> features = features(17, 5, 9);
        Path events = folder.resolve("swap.jfr");
        try (TestDevice device = new TestDevice(interlocking(folder), precision); Recording recording = new Recording()) {
            recording.start();
            Paraformer model = device.model();
            BatchShape shape = BatchLayout.ofFeatures(17, 5, 9).shape();
            ForwardPlan greedy = model.plan(shape);
            assertThat(greedy.peakBytes()).isGreaterThan(greedy.lowerBound());
            StageRecorder before = stages(model, features);
            List<int[]> idsBefore = model.runFeatures(features, null);
            awaitSearch(model);

            List<int[]> idsAfter = model.runFeatures(features, null);
            StageRecorder after = stages(model, features);
            recording.stop();
            ForwardPlan better = model.plan(shape);
            assertThat(better.peakBytes()).isEqualTo(better.lowerBound()).isLessThan(greedy.peakBytes());
            assertThat(model.plans().swaps()).isEqualTo(2);
            assertThat(idsAfter).usingRecursiveComparison().isEqualTo(idsBefore);
            for (int b = 0; b < features.size(); b++) {
                for (String stage : before.utterance(b).keySet()) {
                    assertThat(after.stage(b, stage).floats()).as(stage).isEqualTo(before.stage(b, stage).floats());
                    assertThat(after.stage(b, stage).ids()).as(stage).isEqualTo(before.stage(b, stage).ids());
                }
            }
            model.runFeatures(features, null);
            assertThat(device.memory().slab(0).used()).as("measured is what the better plan says").isEqualTo(better.peakBytes());
            recording.dump(events);
            List<RecordedEvent> swaps = RecordingFile.readAllEvents(events).stream()
                    .filter(event -> event.getEventType().getName().equals("dev.parasol.PlanSwap")).toList();
            assertThat(swaps).hasSize(2);
            assertThat(swaps).anySatisfy(event -> {
                assertThat(event.getLong("before")).isEqualTo(greedy.peakBytes());
                assertThat(event.getLong("after")).isEqualTo(better.peakBytes());
                assertThat(event.getInt("frames")).isEqualTo(32);
            });
            System.out.printf("%s: greedy %d bytes, swapped for %d, lower bound %d%n", precision, greedy.peakBytes(), better.peakBytes(), greedy.lowerBound());
        }
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().equals("parasol-placement-search"));
    }

    @Test
    void evictedPlansAreMadeAgain(@TempDir Path folder) throws IOException {
        try (TestDevice device = new TestDevice(interlocking(folder), Precision.FP16)) {
            List<float[]> features = features(12);
            List<int[]> before = device.model().runFeatures(features, null);
            device.model().evict();
            assertThat(device.model().plans().size()).isZero();
            assertThat(device.model().runFeatures(features, null)).usingRecursiveComparison().isEqualTo(before);
            assertThat(device.model().plans().size()).isEqualTo(1);
        }
    }
}
