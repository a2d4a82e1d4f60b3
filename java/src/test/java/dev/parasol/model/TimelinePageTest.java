package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimelinePageTest {
    private static MemoryForecast forecast() {
        ModelFolder folder = ModelFolder.open("synth:paraformer-large");
        return MemoryForecast.of(folder, LayerMask.ALL, Precision.FP16, BatchLayout.ofSeconds(folder.config().frontend(), 30, 2).shape());
    }

    @Test
    void thePageHoldsEveryBufferAndLoadsNothing(@TempDir Path folder) throws IOException {
        MemoryForecast forecast = forecast();
        ForwardPlan plan = forecast.plan();
        Path file = folder.resolve("timeline.html");
        Files.writeString(file, "old");
        TimelinePage.write(forecast, file);
        String page = Files.readString(file);
        assertThat(page).doesNotContain("{{", "http:", "https:", " src=", "@import", "url(");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }

        String begin = "<script type=\"application/json\" id=\"data\">";
        int at = page.indexOf(begin) + begin.length();
        JsonNode data = new ObjectMapper().readTree(page.substring(at, page.indexOf("</script>", at)));
        assertThat(data.get("peak").asLong()).isEqualTo(plan.peakBytes());
        assertThat(data.get("lowerBound").asLong()).isEqualTo(plan.lowerBound());
        assertThat(data.get("steps")).hasSize(plan.stepCount());
        assertThat(data.get("buffers")).hasSize(plan.buffers().size());
        for (int i = 0; i < plan.buffers().size(); i++) {
            PlannedBuffer buffer = plan.buffers().get(i);
            JsonNode block = data.get("buffers").get(i);
            assertThat(block.get(0).asText()).isEqualTo(buffer.name());
            assertThat(block.get(2).asLong()).isEqualTo(plan.offset(buffer));
            assertThat(block.get(3).asLong()).isEqualTo(buffer.bytes());
            assertThat(block.get(4).asInt()).isEqualTo(buffer.firstStep());
            assertThat(block.get(5).asInt()).isEqualTo(buffer.lastStep());
        }
    }

    @Test
    void aFolderThatIsNotThereIsNamed(@TempDir Path folder) {
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> TimelinePage.write(forecast(), folder.resolve("no/page.html")))
                .withMessageContaining("page.html cannot be written");
    }
}
