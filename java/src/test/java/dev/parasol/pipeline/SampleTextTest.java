package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.model.Precision;
import dev.parasol.testing.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** FunASR's text and ids for the recordings that travel with the project. */
class SampleTextTest {
    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"FP32", "FP16"})
    void textAndIdsOfEveryRecording(Precision precision) throws IOException {
        JsonNode expected = new ObjectMapper().readTree(Samples.expected().toFile()).get("utterances");
        List<Path> files = new ArrayList<>();
        expected.forEach(utterance -> files.add(Samples.speech(0).resolveSibling(utterance.get("file").asText())));
        assertThat(files).hasSizeGreaterThan(4);
        try (Recognizer recognizer = Recognizer.builder().model(Samples.model()).precision(precision).build()) {
            List<FileResult> results = recognizer.transcribe(files);
            for (int i = 0; i < files.size(); i++) {
                List<Integer> ids = new ArrayList<>();
                expected.get(i).get("ids").forEach(id -> ids.add(id.asInt()));
                ids.removeIf(id -> id <= 2);
                assertThat(results.get(i).orThrow().tokens()).as(files.get(i).toString()).isEqualTo(ids);
                assertThat(results.get(i).orThrow().text()).as(files.get(i).toString()).isEqualTo(expected.get(i).get("funasr_text").asText());
            }
        }
    }
}
