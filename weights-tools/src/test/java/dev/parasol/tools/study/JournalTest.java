package dev.parasol.tools.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.tools.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    Path folder;

    private static ObjectNode header(int version) {
        return new ObjectMapper().createObjectNode().put("version", version);
    }

    @Test
    void whatWasFoundIsNotFoundAgain() throws IOException {
        Path file = folder.resolve("journal.jsonl");
        try (Journal journal = new Journal(file, header(1))) {
            assertThat(journal.get("a", () -> IntNode.valueOf(1)).asInt()).isEqualTo(1);
            assertThat(journal.get("b", () -> IntNode.valueOf(2)).asInt()).isEqualTo(2);
        }
        // The process died while it wrote the last line.
        Files.writeString(file, Files.readString(file).stripTrailing());
        try (Journal journal = new Journal(file, header(1))) {
            assertThat(journal.has("a")).isTrue();
            assertThat(journal.has("b")).isFalse();
            assertThat(journal.get("a", () -> IntNode.valueOf(9)).asInt()).isEqualTo(1);
            assertThat(journal.get("b", () -> IntNode.valueOf(3)).asInt()).isEqualTo(3);
        }
        assertThat(Files.readAllLines(file)).hasSize(3);
    }

    @Test
    void anotherStudysJournalIsLeftAlone() throws IOException {
        Path file = folder.resolve("journal.jsonl");
        new Journal(file, header(1)).close();
        String before = Files.readString(file);
        assertThatThrownBy(() -> new Journal(file, header(2))).isInstanceOf(DataException.class).hasMessageContaining("another study");
        assertThat(Files.readString(file)).isEqualTo(before);
        Files.writeString(file, "hello\n");
        assertThatThrownBy(() -> new Journal(file, header(1))).isInstanceOf(DataException.class).hasMessageContaining("no journal");
        assertThat(Files.readString(file)).isEqualTo("hello\n");
    }

    @Test
    void whatAJournalSaysIsShownShortAndHarmless() throws IOException {
        Path file = folder.resolve("journal.jsonl");
        Files.writeString(file, "{\"key\": \"header\", \"value\": \"" + "\u202e".repeat(5000) + "\"}\n");
        assertThatThrownBy(() -> new Journal(file, header(1))).isInstanceOf(DataException.class).hasMessageContaining("another study")
                .satisfies(e -> assertThat(e.getMessage().replace(file.toString(), "")).doesNotContain("\u202e").hasSizeLessThan(500));
        Files.writeString(file, "x\u001b]0;" + "x".repeat(5000) + "\n");
        assertThatThrownBy(() -> new Journal(file, header(1))).isInstanceOf(DataException.class).hasMessageContaining("no journal")
                .satisfies(e -> assertThat(e.getMessage().replace(file.toString(), "")).doesNotContain("\u001b").hasSizeLessThan(500));
    }
}
