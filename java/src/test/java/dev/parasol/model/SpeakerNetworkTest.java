package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.audio.AudioReader;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemorySystem;
import dev.parasol.testing.Shared;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.Progress;
import dev.parasol.weights.SafetensorsCheckpoint;
import dev.parasol.weights.SpeakerFolder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** At CAM++'s real size, with random weights. */
class SpeakerNetworkTest {
    private static final double LIMIT = 1e-3;
    private static final int WINDOW = 24_000;

    private SpeakerFolder folder;
    private CudaContext context;
    private MemorySystem memory;
    private SpeakerNetwork model;

    @BeforeEach
    void open() {
        folder = SpeakerFolder.open(Shared.path("models/campplus-random").toString());
        context = CudaContext.open(DeviceSpec.select(null));
        memory = new MemorySystem(context, Budget.of(context));
        model = SpeakerNetwork.load(context, memory, folder, Progress.NONE);
    }

    @AfterEach
    void close() {
        if (folder != null) {
            Closing.all(model, memory, context);
        }
    }

    private static float[] samples(String clip) {
        return AudioReader.read(Shared.path("audio/vad/" + clip + ".wav")).samples();
    }

    @ParameterizedTest
    @CsvSource({"a-window, testset-audio-01, 24000", "b-window, testset-audio-03, 24000", "b-whole, testset-audio-03, 0"})
    void featuresAndEmbeddingAreThoseOfFunAsr(String name, String clip, int length) {
        float[] samples = samples(clip);
        samples = length == 0 ? samples : Arrays.copyOf(samples, length);
        StageRecorder recorder = StageRecorder.only(SpeakerPass.FEATURES);
        float[] embedding = model.embed(List.of(samples), recorder).get(0);
        try (SafetensorsCheckpoint golden = SafetensorsCheckpoint.open(Shared.path("models/campplus-random/golden.safetensors"))) {
            float[] features = recorder.stage(0, SpeakerPass.FEATURES).floats();
            assertThat(relativeError(features, HostTensors.floats(golden, name + ".features"))).isLessThan(1e-4);
            double error = relativeError(embedding, HostTensors.floats(golden, name + ".embedding"));
            System.out.println("campplus " + name + ": relative error of the embedding " + error);
            assertThat(error).isLessThan(LIMIT);
        }
    }

    private static double relativeError(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < found.length; i++) {
            difference += Math.pow((double) found[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    @Test
    void anEmbeddingDoesNotDependOnTheBatchToTheBit() {
        float[] first = Arrays.copyOf(samples("testset-audio-01"), WINDOW);
        float[] second = Arrays.copyOfRange(samples("testset-audio-03"), 5_000, 5_000 + 47_111);
        float[] third = Arrays.copyOfRange(samples("testset-audio-03"), 0, SpeakerNetwork.LEAST_SAMPLES);
        List<float[]> alone = List.of(model.embed(List.of(first)).get(0), model.embed(List.of(second)).get(0), model.embed(List.of(third)).get(0));
        for (int round = 0; round < 3; round++) {    // launch by launch, then as a graph
            assertThat(model.embed(List.of(first, second, third))).containsExactlyElementsOf(alone);
        }
        assertThat(model.embed(List.of(third, second))).containsExactly(alone.get(2), alone.get(1));
        assertThat(alone).allSatisfy(embedding -> assertThat(embedding).doesNotContain(Float.NaN).hasSize(192));
    }

    @Test
    void memoryIsAsPlanned() {
        assertThat(memory.weights().used()).isEqualTo(SpeakerNetwork.weightBytes(folder.config()));
        assertThat(memory.staging().mapped()).isZero();
        float[] window = Arrays.copyOf(samples("testset-audio-01"), WINDOW);
        model.embed(List.of(window, window));
        ForwardPlan plan = SpeakerNetwork.plan(folder.config(), WINDOW, WINDOW);
        assertThat(memory.slab(0).used()).isEqualTo(plan.peakBytes()).isEqualTo(model.peakBytes(WINDOW, WINDOW));
        assertThat((double) plan.peakBytes()).isCloseTo(plan.lowerBound(), within(0.05 * plan.lowerBound()));
        model.trim();
        model.evict();
        assertThat(model.reserved()).isZero();
    }

    @Test
    void theHeadTakesTheSameRoomHoweverLongTheRecording() {
        long tenSeconds = SpeakerNetwork.plan(folder.config(), 160_000).peakBytes();
        long hundredSeconds = SpeakerNetwork.plan(folder.config(), 1_600_000).peakBytes();
        assertThat(hundredSeconds).isLessThan(10L * 700_000 * 10).isLessThan(6 * tenSeconds);
    }

    @Test
    void tooShortWaveformsAreRefused() {
        assertThatThrownBy(() -> model.embed(List.of(new float[SpeakerNetwork.LEAST_SAMPLES - 1]))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("719 samples, expected 720");
    }
}
