package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Utf8NamesTest {
    @Test
    void onlyNamesThatTheLocaleCannotSpellNeedAnotherRun() {
        assertThat(Utf8Names.unreadable(Stream.of("transcribe", "数字.wav"), "UTF-8")).isFalse();
        assertThat(Utf8Names.unreadable(Stream.of("transcribe", "a.wav"), "ANSI_X3.4-1968")).isFalse();
        assertThat(Utf8Names.unreadable(Stream.of("transcribe", "\ufffd\ufffd.wav"), "ANSI_X3.4-1968")).isTrue();
    }

    @Test
    void aFolderBeyondAsciiIsWorkedInWithoutALocale(@TempDir Path folder) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", "mkdir 数字 && cd 数字 && exec \"$0\" -cp \"$1\" dev.parasol.cli.Main memory --model synth:paraformer-large --seconds 1",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path").replaceAll("(^|:)(?=[^/])", "$1" + Path.of("").toAbsolutePath() + "/"));
        builder.environment().remove("LC_ALL");
        builder.environment().put("LC_CTYPE", "POSIX");
        Process process = builder.directory(folder.toFile()).redirectErrorStream(true).start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).contains("weights and activations").doesNotContain("Exception");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void theShellSeesTheSameWords(@TempDir Path folder) throws IOException, InterruptedException {
        byte[] command = "printf\0%s|\0数字 it's.wav\0\0$HOME `x` \"y\"\\\0".getBytes(StandardCharsets.UTF_8);
        Path script = folder.resolve("run.sh");
        Files.write(script, Utf8Names.script(command));
        Process process = new ProcessBuilder("/bin/sh", script.toString()).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(printed).isEqualTo("数字 it's.wav||$HOME `x` \"y\"\\|");
    }
}
