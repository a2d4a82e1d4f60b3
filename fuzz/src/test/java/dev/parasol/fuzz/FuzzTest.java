package dev.parasol.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** New inputs for every reader: some seconds for all of them with every build, ten minutes for each in {@code make soak}. */
class FuzzTest {
    private static final int SHORT_SECONDS = 15;
    private static final int LONG_SECONDS = 600;

    @Test
    void aMoment() throws IOException, InterruptedException {
        findsNothing(Fuzzer.runAll(SHORT_SECONDS));
    }

    @Tag("soak")
    @ParameterizedTest
    @EnumSource(Subject.class)
    void tenMinutes(Subject subject) throws IOException, InterruptedException {
        findsNothing(Fuzzer.run(subject, LONG_SECONDS));
    }

    private static void findsNothing(Fuzzer.Result result) {
        assertThat(result.faults()).as("inputs that a reader does not stand; see %s", result.log()).isEmpty();
        assertThat(result.exit()).as("exit of Jazzer; see %s", result.log()).isZero();
        assertThat(result.executions()).as("inputs tried; see %s", result.log()).isPositive();
        System.out.printf("%s: %d inputs tried%n", result.log(), result.executions());
    }
}
