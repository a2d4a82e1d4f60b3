package dev.parasol.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.audio.AudioException;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.memory.MemoryLimit;
import dev.parasol.pipeline.TranscribeOptions;
import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunerTest {
    @TempDir
    Path folder;

    private static Path audio(String name) {
        return Shared.path("audio/digits/" + name);
    }

    private static Tuner.Builder tuner() {
        return Tuner.builder().model(Shared.path("models/digits-tiny").toString()).device("soft:0").recordings(List.of(audio("utt-00.wav"), audio("utt-08.wav")));
    }

    @Test
    void batchesGrowUntilTheAnswersAreTooLateAndEachMeasurementIsTold() throws Exception {
        List<Integer> told = new ArrayList<>();
        TuneResult result = tuner().latency(1e-9).build().tune(so -> told.add(so.points().size()));
        assertThat(told).containsExactly(1);
        assertThat(result.stopped()).contains("later");
        TunePoint point = result.balancePoint();
        assertThat(point.largestBatchSeconds()).isLessThanOrEqualTo(point.batchSeconds());
        assertThat(point.measuredPeak()).isEqualTo(point.plannedPeak()).isPositive();
        assertThat(point.slowest()).isLessThanOrEqualTo(point.throughput());
        assertThat(point.latencyP50()).isLessThanOrEqualTo(point.latencyP95());
        assertThat(point.held()).isGreaterThan(point.measuredPeak());
    }

    @Test
    void withTextsPrecisionsAreComparedAndTheFilesSaySo() throws Exception {
        TuneResult result = tuner().latency(1e-9).references(Map.of(audio("utt-00.wav"), "six", audio("utt-08.wav"), "one two")).build()
                .tune(so -> { });
        assertThat(result.candidates()).extracting(candidate -> candidate.point().precision()).containsExactly("fp16", "int8", "int8-weights");
        assertThat(result.candidates()).allMatch(candidate -> candidate.errors().errors() == 1 && candidate.errors().units() == 3 && candidate.accepted());
        assertThat(result.recommended()).isBetween(0, 2);
        TuneFiles.write(result, folder);
        JsonNode json = new ObjectMapper().readTree(folder.resolve("tune.json").toFile());
        assertThat(json.get("points")).hasSize(1);
        assertThat(json.get("candidates")).hasSize(3);
        assertThat(Files.readString(folder.resolve("tune.html"))).contains("\"batch_size_s\"").doesNotContain("{{data}}");
        assertThat(TranscribeOptions.builder().file(folder.resolve("tune.yaml")).build().batchSeconds()).isEqualTo(result.balancePoint().batchSeconds());
    }

    @Test
    void nothingOfANameIsTakenForAnOptionOrForTheEndOfTheData() throws IOException {
        TunePoint point = new TunePoint("fp16", 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, false);
        TuneResult result = new TuneResult("m\nmerge_vad: true\n</script>", "soft:0", List.of(point), 0, "done", List.of(), -1, 0.5);
        TuneFiles.write(result, folder);
        TranscribeOptions options = TranscribeOptions.builder().file(folder.resolve("tune.yaml")).build();
        assertThat(options.mergeVad()).isFalse();
        assertThat(Files.readString(folder.resolve("tune.html"))).doesNotContain("true\\n</script>");
    }

    @Test
    void whatCannotBeMeasuredIsSaid() throws Exception {
        Path text = Files.writeString(folder.resolve("a.wav"), "no recording");
        assertThatThrownBy(() -> tuner().recordings(List.of(text)).build()).isInstanceOf(AudioException.class).hasMessageContaining("a.wav");
        Tuner small = tuner().memoryLimit(MemoryLimit.parse("4MiB")).build();
        assertThatThrownBy(() -> small.tune(so -> { })).isInstanceOf(DeviceMemoryExhausted.class);
    }
}
