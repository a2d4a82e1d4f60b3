package dev.parasol.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.audio.AudioClip;
import dev.parasol.audio.AudioException;
import dev.parasol.audio.AudioReader;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each input is broken in the way that its name says, and in no other. */
class BadInputsTest {
    @TempDir
    Path folder;

    private BadInputs make() {
        return new BadInputs(folder, Path.of("..", "java", "samples", "digits-tiny"));
    }

    @Test
    void goodRecordingsAreGood() throws IOException {
        assertThat(AudioReader.read(make().oneSample()).samples()).containsExactly(1000 / 32768f);
        AudioClip silence = AudioReader.read(make().silence(3));
        assertThat(silence.seconds()).isEqualTo(3);
        assertThat(silence.samples()).containsOnly(0);
        assertThat(silence.warnings()).isEmpty();
        assertThat(AudioReader.read(make().noise(2)).seconds()).isEqualTo(2);
    }

    @Test
    void truncatedIsHalf() throws IOException {
        AudioClip clip = AudioReader.read(make().truncated(Path.of("..", "java", "samples", "audio", "utt-01.wav")));
        assertThat(clip.warnings()).hasSize(1);
    }

    @Test
    void oneSampleIsNotANumber() throws IOException {
        Path file = make().nanSamples();
        assertThatThrownBy(() -> AudioReader.read(file)).isInstanceOf(AudioException.class).hasMessageContaining("123");
    }
}
