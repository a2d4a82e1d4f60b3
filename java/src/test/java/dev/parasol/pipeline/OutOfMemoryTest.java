package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryCounter;
import dev.parasol.testing.Shared;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Too little memory is an ordinary answer: smaller batches with the same text, and an error for what cannot fit alone. */
class OutOfMemoryTest {
    private static final long CHUNK = 2 << 20;

    private static String model() {
        return Shared.path("models/digits-tiny").toString();
    }

    private static List<Path> speech() {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            files.add(Shared.path(String.format("audio/digits/utt-%02d.wav", i)));
        }
        return files;
    }

    private static List<String> texts(List<FileResult> results) {
        return results.stream().map(result -> result.orThrow().text()).toList();
    }

    @Test
    void aBatchThatDoesNotFitIsDivided() {
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        try (Recognizer recognizer = Recognizer.builder().model(model()).budget(budget).build()) {
            List<String> expected = texts(recognizer.transcribe(speech()));
            assertThat(budget.count(MemoryCounter.SPLIT)).isZero();
            recognizer.session().model().trim();
            budget.limitTo(budget.used() + CHUNK);

            assertThat(texts(recognizer.transcribe(speech()))).isEqualTo(expected);
            assertThat(budget.count(MemoryCounter.SPLIT)).isPositive();
            assertThat(budget.used()).isLessThanOrEqualTo(budget.limit());
        }
    }

    @Test
    void whatCannotFitAloneFailsAloneAndSaysWhatItNeeds() {
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        try (Recognizer recognizer = Recognizer.builder().model(model()).budget(budget).build()) {
            budget.limitTo(budget.used() + CHUNK);
            List<Path> files = List.of(speech().get(0), Shared.path("audio/digits/long-0.wav"), speech().get(1));
            List<FileResult> results = recognizer.transcribe(files);
            assertThat(results.get(0).orThrow().text()).isEqualTo("six");
            assertThat(results.get(2).orThrow().text()).isEqualTo("two three");
            RuntimeException error = results.get(1).error().orElseThrow();
            System.out.println(error.getMessage());
            assertThat(error).isInstanceOf(RecognitionException.class);
            assertThat(error.getMessage()).matches("\\d+\\.\\d s of audio need \\d+\\.\\d MiB of device memory .*, but there are \\d+\\.\\d MiB .*");
            assertThat(recognizer.transcribe(speech().get(2)).text()).isEqualTo("five five seven");
        }
    }
}
