package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryLimitTest {
    @ParameterizedTest
    @CsvSource({"1GiB, 1073741824", "1.5 MiB, 1572864", "500MB, 500000000", "4096, 4096", "7B, 7", "2g, 2147483648", "3KB, 3000",
        "25%, 250", "' 100 % ', 1000", "0.01%, 1"})
    void isRead(String text, long bytes) {
        MemoryLimit limit = MemoryLimit.parse(text);
        assertThat(limit.bytes(1000)).isEqualTo(bytes);
        assertThat(limit.isShare()).isEqualTo(text.contains("%"));
        assertThat(limit).hasToString(text.trim());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "much", "GiB", "-1GiB", "1 XB", "0", "0.4", "0%", "101%", "-5%", "1e9", "99999999999GiB", "50%MiB"})
    void anythingElseIsRefusedAndTheFormsAreNamed(String text) {
        assertThatThrownBy(() -> MemoryLimit.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'").hasMessageContaining("1GiB").hasMessageContaining("60%");
    }

    @Test
    void aShareOfNextToNothingIsOneByte() {
        assertThat(MemoryLimit.parse("0.001%").bytes(1000)).isEqualTo(1);
    }
}
