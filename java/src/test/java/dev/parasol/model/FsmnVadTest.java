package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.audio.AudioReader;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.kernels.Fbank;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemorySystem;
import dev.parasol.testing.Shared;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.Progress;
import dev.parasol.weights.SafetensorsCheckpoint;
import dev.parasol.weights.VadFolder;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FsmnVadTest {
    private static final double LIMIT = 1e-3;

    private VadFolder folder;
    private CudaContext context;
    private MemorySystem memory;
    private FsmnVad model;

    @BeforeEach
    void open() {
        folder = VadFolder.open(Shared.path("models/fsmn-vad").toString());
        context = CudaContext.open(DeviceSpec.select(null));
        memory = new MemorySystem(context, Budget.of(context));
        model = FsmnVad.load(context, memory, folder, true, Progress.NONE);
    }

    @AfterEach
    void close() {
        if (folder != null) {
            Closing.all(model, memory, context);
        }
    }

    private static float[] samples(String clip) {
        return AudioReader.read(Shared.path("audio/vad/" + clip)).samples();
    }

    /** The scores of a whole clip, {@code block} frames at a time; the silence column of each row must be what {@code silence} gives. */
    private float[] scores(float[] samples, int block) {
        int rows = Fbank.rows(samples.length);
        int classes = model.config().classes();
        float[] all = new float[rows * classes];
        VadMemory memory = model.newMemory();
        VadMemory again = model.newMemory();
        for (int frame = 0; frame < rows; frame += block) {
            int count = Math.min(block, rows - frame);
            int first = Math.max(0, frame - model.before());
            int window = Math.min(rows, frame + count + model.behind()) - first;
            float[] scores = model.scores(memory, samples, first * Fbank.FRAME_SHIFT, window, frame - first, count);
            float[] silence = model.silence(again, samples, first * Fbank.FRAME_SHIFT, window, frame - first, count);
            for (int i = 0; i < count; i++) {
                assertThat(silence[i]).isEqualTo(scores[i * classes + model.config().silence()]);
            }
            System.arraycopy(scores, 0, all, frame * classes, scores.length);
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"asr_example_zh.wav", "testset-audio-01.wav", "testset-audio-02.wav", "testset-audio-03.wav"})
    void scoresAreThoseOfFunAsr(String clip) {
        try (SafetensorsCheckpoint golden = SafetensorsCheckpoint.open(Shared.path("golden/fsmn-vad/scores.safetensors"))) {
            float[] expected = HostTensors.floats(golden, clip + ".scores");
            float[] found = scores(samples(clip), FsmnVad.BLOCK_FRAMES);
            assertThat(found).hasSameSizeAs(expected);
            double largest = 0;
            for (int i = 0; i < expected.length; i++) {
                largest = Math.max(largest, Math.abs(found[i] - expected[i]));
            }
            System.out.println("fsmn-vad " + clip + ": largest error of a score " + largest);
            assertThat(largest).isLessThan(LIMIT);
        }
    }

    @Test
    void scoresDoNotDependOnTheBlocksToTheBit() {
        float[] samples = Arrays.copyOf(samples("testset-audio-02.wav"), 24_000);
        float[] whole = scores(samples, FsmnVad.BLOCK_FRAMES);
        for (int block : new int[] {1, 7, 19, 20, 64}) {
            assertThat(scores(samples, block)).as("blocks of %d frames", block).isEqualTo(whole);
        }
    }

    @Test
    void memoryIsAsPlanned() {
        long weights = FsmnVad.weightBytes(folder.config());
        assertThat(memory.weights().used()).isEqualTo(weights);
        model.close();
        model = FsmnVad.load(context, memory, folder, Progress.NONE);
        ForwardPlan plan = FsmnVad.plan(folder.config());
        assertThat(memory.slab(0).used()).isEqualTo(plan.peakBytes());
        assertThat((double) plan.peakBytes()).isCloseTo(plan.lowerBound(), within(0.05 * plan.lowerBound()));
        float[] samples = samples("testset-audio-02.wav");
        model.silence(model.newMemory(), samples, 0, 100, 0, 98);
        assertThat(memory.slab(0).used()).isEqualTo(plan.peakBytes());
        assertThatThrownBy(() -> model.scores(model.newMemory(), samples, 0, 100, 0, 98)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void impossibleWindowsAreRefused() {
        float[] samples = new float[16_000];
        assertThatThrownBy(() -> model.silence(model.newMemory(), samples, 0, 10, 0, 11)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> model.silence(model.newMemory(), samples, 0, 10, 3, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> model.silence(model.newMemory(), samples, 0, 10, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
