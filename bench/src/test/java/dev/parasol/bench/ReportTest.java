package dev.parasol.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReportTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Report report = new Report(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void passesWhenAllHolds() {
        report.atMost("error", 1e-6, 1e-5);
        report.skip("golden", "not here");
        assertThat(report.finish("demo")).isZero();
        assertThat(text()).contains("PASS demo: 1 passed, 0 failed, 1 skipped").contains("not here");
    }

    @Test
    void namesWhatFailed() {
        report.row("good", "", "", true);
        report.atMost("the error", 2e-5, 1e-5);
        assertThat(report.finish("demo")).isEqualTo(1);
        assertThat(text()).contains("failed: the error").contains("FAIL demo: 1 passed, 1 failed, 0 skipped");
    }

    @Test
    void notANumberFails() {
        report.atMost("error", Double.NaN, 1);
        assertThat(report.good()).isFalse();
    }

    @Test
    void nothingLookedAtIsNoPass() {
        report.skip("all", "nothing is here");
        assertThat(report.finish("demo")).isEqualTo(1);
    }
}
