package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.weights.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TranscribeOptionsTest {
    @TempDir
    Path folder;

    private TranscribeOptions.Builder file(String yaml) throws IOException {
        return TranscribeOptions.builder().file(Files.writeString(folder.resolve("options.yaml"), yaml));
    }

    @Test
    void defaultsAreFunAsrs() {
        TranscribeOptions options = TranscribeOptions.DEFAULT;
        assertThat(options.batchSeconds()).isEqualTo(300);
        assertThat(options.thresholdSeconds()).isEqualTo(60);
        assertThat(options.mergeVad()).isFalse();
        assertThat(options.mergeSeconds()).isEqualTo(15);
        assertThat(options.maxSegmentMs()).isEmpty();
        assertThat(options.maxEndSilenceMs()).isEmpty();
        assertThat(options.speakers()).isEmpty();
        assertThat(options.warnings()).isEmpty();
    }

    @Test
    void aFileHasFunAsrsKeys() throws IOException {
        TranscribeOptions options = file("""
                batch_size_s: 120
                batch_size_threshold_s: 30
                merge_vad: true
                merge-length-s: 20
                vad_kwargs: {max_single_segment_time: 40000, max_end_silence_time: 500}
                """).build();
        assertThat(options.batchSeconds()).isEqualTo(120);
        assertThat(options.thresholdSeconds()).isEqualTo(30);
        assertThat(options.mergeVad()).isTrue();
        assertThat(options.mergeSeconds()).isEqualTo(20);
        assertThat(options.maxSegmentMs()).hasValue(40_000);
        assertThat(options.maxEndSilenceMs()).hasValue(500);
        assertThat(options.warnings()).isEmpty();
    }

    @Test
    void speakersMayBeCounted() throws IOException {
        assertThat(file("preset_spk_num: 3").build().speakers()).hasValue(3);
        TranscribeOptions many = TranscribeOptions.builder().speakers(1000).build();
        assertThat(many.speakers()).hasValue(64);
        assertThat(many.warnings()).containsExactly("preset_spk_num is 1000; 64 is used");
        assertThatThrownBy(() -> file("preset_spk_num: 0")).isInstanceOf(ModelException.class).hasMessageContaining("preset_spk_num is 0, expected more than 0");
        assertThatThrownBy(() -> file("preset_spk_num: 2.5")).isInstanceOf(ModelException.class).hasMessageContaining("preset_spk_num is 2.5, expected a whole number");
    }

    @Test
    void aLaterValueTakesTheFilesPlace() throws IOException {
        assertThat(file("batch_size_s: 120").batchSeconds(200).build().batchSeconds()).isEqualTo(200);
    }

    @Test
    void theOlderNameIsUnderstood() throws IOException {
        assertThat(file("batch_size_token_threshold_s: 40").build().thresholdSeconds()).isEqualTo(40);
        TranscribeOptions both = file("batch_size_token_threshold_s: 40\nbatch_size_threshold_s: 50").build();
        assertThat(both.thresholdSeconds()).isEqualTo(50);
        assertThat(both.warnings()).singleElement().asString().endsWith("batch_size_token_threshold_s is the older name of batch_size_threshold_s, which is used");
    }

    @Test
    void whatIsAbsurdIsSetToTheNearestThatIsNot() {
        TranscribeOptions options = TranscribeOptions.builder().batchSeconds(6000).mergeSeconds(1500).thresholdSeconds(1e9).maxSegmentMs(60)
                .maxEndSilenceMs(Integer.MAX_VALUE).build();
        assertThat(options.batchSeconds()).isEqualTo(3600);
        assertThat(options.thresholdSeconds()).isEqualTo(3600);
        assertThat(options.mergeSeconds()).isEqualTo(1500);
        assertThat(options.maxSegmentMs()).hasValue(1000);
        assertThat(options.maxEndSilenceMs()).hasValue(60_000);
        assertThat(options.warnings()).containsExactly("batch_size_s is 6000; 3600 is used",
                "batch_size_threshold_s is 1000000000; 3600 is used, which is batch_size_s",
                "max_single_segment_time is 60; 1000 is used (milliseconds)", "max_end_silence_time is 2147483647; 60000 is used (milliseconds)");
    }

    @Test
    void numbersBeyondReasonAreToldInFewDigits() {
        assertThat(TranscribeOptions.builder().batchSeconds(1e300).build().warnings()).containsExactly("batch_size_s is 1.0E300; 3600 is used");
        assertThatThrownBy(() -> TranscribeOptions.builder().batchSeconds(Double.POSITIVE_INFINITY)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch_size_s is Infinity, expected a finite number");
    }

    @Test
    void piecesAreNotMergedToMoreThanTheyMayLast() {
        TranscribeOptions options = TranscribeOptions.builder().mergeSeconds(90).build();
        assertThat(options.mergeSeconds()).isEqualTo(60);
        assertThat(options.warnings()).containsExactly("merge_length_s is 90; 60 is used, since longer pieces would be divided again (batch_size_threshold_s)");
    }

    @Test
    void whatNobodyAskedForMovesInSilence() {
        TranscribeOptions options = TranscribeOptions.builder().batchSeconds(10).build();
        assertThat(options.thresholdSeconds()).isEqualTo(10);
        assertThat(options.mergeSeconds()).isEqualTo(10);
        assertThat(options.warnings()).isEmpty();
    }

    @Test
    void settingsWithoutEffectAreTold() throws IOException {
        assertThat(file("disable_pbar: true").build().warnings()).singleElement().asString().endsWith("options.yaml: disable_pbar has no effect here");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "batch_size: {a: 1}\\nbatch_sise_s: 3 | there is no option batch_sise_s, expected batch_size_s, batch_size_threshold_s",
        "vad_kwargs: {batch_size_s: 3} | there is no option vad_kwargs.batch_size_s, expected max_single_segment_time, max_end_silence_time",
        "vad_kwargs: [1] | vad_kwargs is a list, expected a mapping",
        "batch_size_s: many | batch_size_s is many, expected a number",
        "batch_size_s: -1 | batch_size_s is -1, expected more than 0",
        "batch_size_s: .nan | batch_size_s is NaN, expected more than 0",
        "merge_vad: 1 | merge_vad is 1, expected true or false",
        "merge_length_s: {} | merge_length_s is a mapping, expected a number",
        "max_end_silence_time: 1.5 | max_end_silence_time is 1.5, expected a whole number of milliseconds",
        "vad_kwargs: {max_end_silence_time: -2} | max_end_silence_time is -2, expected 0 or more",
        "batch_size_s: 1\\nbatch-size-s: 2 | batch_size_s is there twice",
        "[1, 2] | holds no mapping at its top, expected key: value lines",
        "a: [ | is not valid YAML"})
    void whatIsNoOptionIsRefused(String yaml, String message) {
        assertThatThrownBy(() -> file(yaml.replace("\\n", "\n"))).isInstanceOf(ModelException.class).hasMessageContaining("options.yaml")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "# nothing\n"})
    void anEmptyFileChangesNothing(String yaml) throws IOException {
        if (yaml.isBlank()) {
            assertThat(file(yaml).build().batchSeconds()).isEqualTo(300);
        } else {
            assertThatThrownBy(() -> file(yaml)).isInstanceOf(ModelException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void valuesThatAreNoneAreRefused(double value) {
        assertThatThrownBy(() -> TranscribeOptions.builder().batchSeconds(value)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(value == Double.POSITIVE_INFINITY ? "expected a finite number" : "expected more than 0");
        assertThatThrownBy(() -> TranscribeOptions.builder().thresholdSeconds(value)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TranscribeOptions.builder().mergeSeconds(value)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFileThatIsTooLargeOrMissingIsRefused() {
        assertThatThrownBy(() -> file("# " + "x".repeat(70_000))).isInstanceOf(ModelException.class).hasMessageContaining("has more than 65536 bytes");
        assertThatThrownBy(() -> TranscribeOptions.builder().file(folder.resolve("none.yaml"))).isInstanceOf(ModelException.class).hasMessageContaining("is missing");
    }
}
