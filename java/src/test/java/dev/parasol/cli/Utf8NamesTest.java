package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Utf8NamesTest {
    @Test
    void onlyNamesThatTheLocaleCannotSpellNeedAnotherRun() {
        assertThat(Utf8Names.unreadable(new String[] {"transcribe", "数字.wav"}, "UTF-8")).isFalse();
        assertThat(Utf8Names.unreadable(new String[] {"transcribe", "a.wav"}, "ANSI_X3.4-1968")).isFalse();
        assertThat(Utf8Names.unreadable(new String[] {"transcribe", "\ufffd\ufffd.wav"}, "ANSI_X3.4-1968")).isTrue();
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
