package dev.parasol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The README's ten lines are the ones that the consumer project compiles and runs. */
class ReadmeTest {
    @Test
    void theTenLinesAreTheConsumersOwn() throws IOException {
        String source = Files.readString(Path.of("src/it/consumer/src/main/java/example/TenLines.java"));
        String lines = source.substring(source.indexOf("import "));
        assertThat(Files.readString(Path.of("../README.md"))).contains("```java\n" + lines + "```");
    }
}
