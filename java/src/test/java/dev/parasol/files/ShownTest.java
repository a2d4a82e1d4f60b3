package dev.parasol.files;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShownTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "encoder.encoders.3.feed_forward.w_1", "语音 识别", "à la carte", "😀"})
    void plainTextStays(String text) {
        assertThat(Shown.of(text)).isEqualTo(text);
    }

    @Test
    void whatATerminalObeysIsEscaped() {
        assertThat(Shown.of("a\n\u001b[31m\u0085\u202e\u2028\ufeff\ud83d\udb40\udc41b")).isEqualTo("a\\u000a\\u001b[31m\\u0085\\u202e\\u2028\\ufeff\\ud83d\\u{e0041}b");
    }

    @Test
    void whatIsLongIsCut() {
        assertThat(Shown.of("x".repeat(80))).hasSize(80);
        assertThat(Shown.of("x".repeat(81))).isEqualTo("x".repeat(80) + "…");
        assertThat(Shown.of("\n".repeat(3), 13)).isEqualTo("\\u000a\\u000a…");
        assertThat(Shown.of("😀😀", 3)).isEqualTo("😀…");
    }

    @Property(tries = 300)
    void neverLongerNeverInvisible(@ForAll String text, @ForAll @IntRange(max = 100) int most) {
        String shown = Shown.of(text, most);
        assertThat(shown.length()).isLessThanOrEqualTo(most + 1);
        assertThat(shown.codePoints().allMatch(Shown::visible)).isTrue();
    }
}
