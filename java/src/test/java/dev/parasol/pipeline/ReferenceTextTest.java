package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.model.Precision;
import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FunASR's text for every recording, by three models in two precisions, by two of them in int8 as well. */
class ReferenceTextTest {
    @ParameterizedTest
    @CsvSource({"digits-tiny, FP32", "digits-tiny, FP16", "digits-tiny, INT8", "digits-tiny, INT8_WEIGHTS", "digits-deep, FP32", "digits-deep, FP16",
            "digits-deep, INT8", "digits-deep, INT8_WEIGHTS", "digits-seaco, FP32", "digits-seaco, FP16"})
    void textOfEveryUtterance(String model, Precision precision) throws IOException {
        JsonNode expected = new ObjectMapper().readTree(Shared.path("audio/digits/funasr-" + model + ".json").toFile());
        List<Path> files = new ArrayList<>();
        expected.forEach(utterance -> files.add(Shared.path("audio/digits/" + utterance.get("file").asText())));
        try (Recognizer recognizer = Recognizer.builder().model(Shared.path("models/" + model).toString()).precision(precision).build()) {
            List<FileResult> results = recognizer.transcribe(files);
            int same = 0;
            for (int i = 0; i < files.size(); i++) {
                assertThat(results.get(i).file()).isEqualTo(files.get(i));
                assertThat(results.get(i).orThrow().text()).as(files.get(i).toString()).isEqualTo(expected.get(i).get("text").asText());
                same++;
            }
            System.out.println(model + " " + precision + ": " + same + " of " + expected.size() + " texts as FunASR's");
        }
    }

    @Test
    void idsOfEveryUtterance() throws IOException {
        JsonNode expected = new ObjectMapper().readTree(Shared.path("audio/digits/expected.json").toFile()).get("utterances");
        List<Path> files = new ArrayList<>();
        expected.forEach(utterance -> files.add(Shared.path("audio/digits/" + utterance.get("file").asText())));
        try (Recognizer recognizer = Recognizer.builder().model(Shared.path("models/digits-tiny").toString()).precision(Precision.FP32).build()) {
            List<FileResult> results = recognizer.transcribe(files);
            for (int i = 0; i < files.size(); i++) {
                List<Integer> ids = new ArrayList<>();
                expected.get(i).get("ids").forEach(id -> ids.add(id.asInt()));
                ids.removeIf(id -> id <= 2);
                assertThat(results.get(i).orThrow().tokens()).as(files.get(i).toString()).isEqualTo(ids);
            }
        }
    }
}
