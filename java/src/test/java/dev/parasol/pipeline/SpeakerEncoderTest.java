package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.audio.AudioException;
import dev.parasol.memory.Budget;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.testing.TinySpeaker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeakerEncoderTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private SpeakerEncoder.Builder builder;

    @BeforeEach
    void write() throws IOException {
        builder = SpeakerEncoder.builder().model(TinySpeaker.write(folder).toString());
    }

    private static List<float[]> noise(int... lengths) {
        Random random = new Random(1);
        List<float[]> recordings = new ArrayList<>();
        for (int length : lengths) {
            float[] samples = new float[length];
            for (int i = 0; i < length; i++) {
                samples[i] = (float) random.nextGaussian() / 10;
            }
            recordings.add(samples);
        }
        return recordings;
    }

    @Test
    void batchesGiveWhatEachRecordingGivesAlone() {
        List<float[]> recordings = noise(24_000, 800, 60_000, 24_000);
        try (SpeakerEncoder encoder = builder.build()) {
            List<float[]> together = encoder.embed(recordings);
            for (int i = 0; i < recordings.size(); i++) {
                assertThat(encoder.embed(recordings.get(i))).as("recording %d", i).hasSize(encoder.embeddingSize()).isEqualTo(together.get(i));
            }
            assertThat(encoder.embed(List.of())).isEmpty();
        }
    }

    @Test
    void aBatchIsDividedWhereMemoryIsShortAndOnlyWhatFitsNotAloneFails() {
        List<float[]> recordings = noise(24_000, 24_000, 24_000, 24_000, 24_000, 24_000);
        Budget budget = Budget.ofBytes(20 * MIB);
        try (SpeakerEncoder roomy = builder.build(); SpeakerEncoder tight = builder.budget(budget).build()) {
            assertThat(tight.embed(recordings)).containsExactlyElementsOf(roomy.embed(recordings));
            assertThatThrownBy(() -> tight.embed(new float[16_000 * 60])).isInstanceOf(DeviceMemoryExhausted.class);
            assertThat(tight.embed(recordings.get(0))).isEqualTo(roomy.embed(recordings.get(0)));
        }
        assertThat(budget.used()).isZero();
    }

    @Test
    void whatIsTooShortIsTold() {
        try (SpeakerEncoder encoder = builder.build()) {
            assertThatThrownBy(() -> encoder.embed(new float[160])).isInstanceOf(AudioException.class).hasMessageContaining("10 ms of sound, expected at least 45 ms");
        }
    }

    @Test
    void nothingStaysBehind() {
        Budget budget = Budget.ofBytes(4 * MIB);
        assertThatThrownBy(() -> builder.budget(budget).build()).isInstanceOf(DeviceMemoryExhausted.class);
        assertThat(budget.used()).isZero();
        SpeakerEncoder encoder = SpeakerEncoder.builder().model(folder.toString()).build();
        encoder.close();
        encoder.close();
        assertThatIllegalStateException().isThrownBy(() -> encoder.embed(noise(24_000)));
    }
}
