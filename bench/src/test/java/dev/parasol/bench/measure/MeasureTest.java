package dev.parasol.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MeasureTest {
    @TempDir
    Path folder;

    @Test
    void aSpentBudgetLeavesAWholeFileThatSaysWhatIsMissing() throws IOException {
        Path file = folder.resolve("r.json");
        int code = new CommandLine(new MeasureCommand()).execute("--device", "soft:0", "--budget", "1e-9", "--samples", "../java/samples", "--launch-cost",
                folder.resolve("absent").toString(), "--out", file.toString());
        assertThat(code).isZero();
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        assertThat(root.path("ceilings").path("copy_bytes_s").asDouble()).isPositive();
        int spent = 0;
        for (JsonNode entry : root.path("measurements")) {
            spent += entry.path("skipped").asText().equals("the time budget was spent") ? 1 : 0;
        }
        assertThat(spent).isGreaterThan(10);
    }

    @Test
    void batchesAreTheSameAtEveryRun() {
        Batch ragged = Batch.ragged(300);
        assertThat(ragged).isEqualTo(Batch.ragged(300));
        assertThat(ragged.name()).isEqualTo("ragged300s");
        assertThat(ragged.total()).isCloseTo(300, Offset.offset(1e-9));
        assertThat(ragged.seconds()).allMatch(seconds -> seconds >= 3 && seconds <= 23);
        Batch uniform = Batch.uniform(3, 0.5);
        assertThat(uniform.name()).isEqualTo("3x0.5s");
        assertThat(uniform.features(560).get(2)).hasSize(8 * 560).isEqualTo(Batch.uniform(5, 0.5).features(560).get(2));
        assertThat(uniform.waves().get(0)).hasSize(8000);
    }

    @Test
    void samplesOfTheProgramInC() {
        assertThat(LaunchMeasure.nanos("launch 1000\ngraph 5000\nlaunch 3000\n", "launch").median()).isEqualTo(2);
        assertThatThrownBy(() -> LaunchMeasure.nanos("nothing", "graph")).hasMessageContaining("no graph");
    }
}
