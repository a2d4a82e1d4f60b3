package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** FunASR's own text and marks. */
class PunctuationReferenceTest {
    @Test
    void textsAndMarksAreFunAsrs() throws IOException {
        Path folder = Shared.path("models/ct-punc-random");
        JsonNode golden = new ObjectMapper().readTree(folder.resolve("golden.json").toFile());
        try (Punctuator punctuator = Punctuator.builder().model(folder.toString()).build()) {
            for (JsonNode text : golden) {
                List<Integer> marks = new ArrayList<>();
                text.get("punc").forEach(mark -> marks.add(mark.asInt()));
                assertThat(punctuator.punctuate(text.get("input").asText())).isEqualTo(new Punctuated(text.get("text").asText(), marks));
            }
        }
        assertThat(golden).hasSizeGreaterThanOrEqualTo(10);
    }
}
