package dev.parasol.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every input that was ever of interest. */
class CorpusTest {
    /** Milliseconds are usual; a reader that hangs takes all of it. */
    private static final Duration MOST = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Subject.class)
    void isTakenOrRefused(Subject subject) throws IOException {
        List<Path> inputs = Corpus.inputs(subject);
        assertThat(inputs).hasSizeGreaterThan(1);
        Trial trial = new Trial(subject, folder);
        for (Path input : inputs) {
            byte[] bytes = Files.readAllBytes(input);
            assertTimeoutPreemptively(MOST, () -> trial.run(bytes), input::toString);
        }
    }
}
