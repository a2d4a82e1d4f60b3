package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.testing.TinyPunctuation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PunctuateCommandTest {
    private final PrintStream realOut = System.out;
    private final InputStream realIn = System.in;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @AfterEach
    void giveBack() {
        System.setOut(realOut);
        System.setIn(realIn);
    }

    private int run(byte[] input, List<JsonNode> results) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setIn(new ByteArrayInputStream(input));
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        int code = Main.run(new String[] {"punctuate", "--model", TinyPunctuation.write(folder).toString(), "--device", "soft:0"}, System.out,
                new PrintStream(err, true, StandardCharsets.UTF_8));
        for (String line : out.toString(StandardCharsets.UTF_8).split("\n")) {
            results.add(new ObjectMapper().readTree(line));
        }
        return code;
    }

    @Test
    void eachLineIsAnsweredByOne() throws IOException {
        List<JsonNode> results = new ArrayList<>();
        int code = run("我们\n\n  \r\na the 😀\u0007 \"\\\"\nlast".getBytes(StandardCharsets.UTF_8), results);
        assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(results).extracting(result -> result.get("punc").size()).containsExactly(2, 0, 0, 5, 1);
        assertThat(results.get(1).get("text").asText()).isEmpty();
        assertThat(results).allSatisfy(result -> assertThat(result.fieldNames()).toIterable().containsExactly("text", "punc"));
    }

    @Test
    void aLineThatIsNotUtf8DoesNotConcernTheOthers() throws IOException {
        List<JsonNode> results = new ArrayList<>();
        int code = run(new byte[] {'a', '\n', (byte) 0xff, '\n', 't', 'h', 'e'}, results);
        assertThat(code).isEqualTo(1);
        assertThat(results).extracting(result -> result.has("error")).containsExactly(false, true, false);
        assertThat(results.get(1).get("error").asText()).contains("line 2");
    }

    @Test
    void linesAreBounded() throws IOException {
        LineReader lines = new LineReader(new ByteArrayInputStream("abc\nabcd\n\nend".getBytes(StandardCharsets.UTF_8)), 3);
        assertThat(lines.next()).isEqualTo("abc");
        assertThatExceptionOfType(CommandException.class).isThrownBy(lines::next).withMessage("line 2 has 4 bytes, expected at most 3");
        assertThat(lines.next()).isEmpty();
        assertThat(lines.next()).isEqualTo("end");
        assertThat(lines.next()).isNull();
    }
}
