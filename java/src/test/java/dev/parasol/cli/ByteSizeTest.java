package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({"4096, 4096", "1KiB, 1024", "1.5 MiB, 1572864", "2gib, 2147483648", "1GB, 1000000000", "7B, 7"})
    void readsUnits(String text, long bytes) {
        assertThat(new ByteSize().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GiB", "-1MiB", "1 XB", "0", "99999999999GiB", "1e3"})
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> new ByteSize().convert(text)).isInstanceOf(TypeConversionException.class).hasMessageContaining("'" + text + "'");
    }

    @Test
    void writesMebibytes() {
        assertThat(ByteSize.mib(1572864)).isEqualTo("1.5 MiB");
    }
}
