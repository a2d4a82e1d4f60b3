package dev.parasol.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizationStudyTest {
    @TempDir
    Path folder;

    @Test
    @Tag("soak")
    void everyPointIsMeasuredOnceAndNotAgain() throws IOException {
        Path scp = Files.writeString(folder.resolve("wav.scp"), "a " + Path.of("../java/samples/audio/utt-01.wav").toAbsolutePath() + "\n");
        Path text = Files.writeString(folder.resolve("text"), "a two three\n");
        Path out = folder.resolve("out");
        String[] study = {"study", "--quantization", "--model", "../java/samples/digits-tiny", "--data", scp.toString(), "--text", text.toString(), "--out",
            out.toString(), "--device", "soft:0"};
        assertThat(Main.run(study)).isZero();
        String csv = Files.readString(out.resolve("quantization.csv"));
        assertThat(csv.lines()).hasSize(1 + 12);
        assertThat(csv).contains("int8-static entropy,").contains("mixed 1/4,");
        assertThat(out.resolve("quantization-errors.png")).isNotEmptyFile();
        assertThat(Files.readString(out.resolve("quantization.html"))).contains("data:image/png;base64,", "int8-static mse smooth").doesNotContain("http");
        long journal = Files.size(out.resolve("quantization.jsonl"));
        assertThat(Main.run(study)).isZero();
        assertThat(Files.size(out.resolve("quantization.jsonl"))).isEqualTo(journal);
        assertThat(Files.readString(out.resolve("quantization.csv"))).isEqualTo(csv);
    }
}
