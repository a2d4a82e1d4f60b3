package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.testing.Samples;
import dev.parasol.testing.TinyPunctuation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFormatsTest {
    private static final String SPEECH = Samples.speech(4).toString();
    private static final String OTHER = Samples.speech(1).toString();

    private final PrintStream standard = System.out;
    private final PrintStream standardError = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    private int run(String... args) {
        out.reset();
        err.reset();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        System.setOut(stream);
        System.setErr(errors);
        String[] all = new String[args.length + 3];
        all[0] = "transcribe";
        all[1] = "--model";
        all[2] = Samples.model();
        System.arraycopy(args, 0, all, 3, args.length);
        return Main.run(all, stream, errors);
    }

    @AfterEach
    void restore() {
        System.setOut(standard);
        System.setErr(standardError);
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void subtitlesOfOneRecordingGoToStandardOutput() {
        assertThat(run("--format", "srt", SPEECH)).isZero();
        assertThat(text()).matches("1\n00:00:00,\\d{3} --> 00:00:0[23],\\d{3}\nzero nine seven six eight\n\n");
        assertThat(run("--format", "vtt", SPEECH)).isZero();
        assertThat(text()).matches("WEBVTT\n\n00:00:00\\.\\d{3} --> 00:00:0[23]\\.\\d{3}\nzero nine seven six eight\n\n");
        assertThat(run("--format", "tsv", SPEECH)).isZero();
        assertThat(text()).matches("start\tend\ttext\n\\d+\t\\d+\tzero nine seven six eight\n");
    }

    @Test
    void funasrsOwnShapeIsOneArray() throws IOException {
        Path punctuation = Files.createDirectory(folder.resolve("punc"));
        TinyPunctuation.write(punctuation);
        assertThat(run("--format", "funasr", "--punc-model", punctuation.toString(), SPEECH, "no/such.wav", OTHER)).isEqualTo(1);
        JsonNode items = new ObjectMapper().readTree(text());
        assertThat(items).hasSize(3);
        assertThat(items.get(0).fieldNames()).toIterable().containsExactly("key", "text", "timestamp", "sentence_info");
        assertThat(items.get(0).get("key").asText()).isEqualTo("utt-04");
        assertThat(items.get(0).get("timestamp")).hasSize(5);
        int times = 0;
        StringBuilder words = new StringBuilder();
        for (JsonNode sentence : items.get(0).get("sentence_info")) {
            assertThat(sentence.fieldNames()).toIterable().containsExactly("text", "start", "end", "timestamp");
            times += sentence.get("timestamp").size();
            words.append(sentence.get("text").asText().replaceAll("[，。？、]", ""));
        }
        assertThat(times).isEqualTo(5);
        assertThat(words.toString()).isEqualTo(" zero nine seven six eight");
        assertThat(items.get(1).get("error").asText()).contains("no/such.wav");
        assertThat(items.get(2).get("key").asText()).isEqualTo("utt-01");
    }

    @Test
    void jsonTellsTimesWhenAsked() throws IOException {
        assertThat(run("--format", "json", "--timestamps", SPEECH)).isZero();
        JsonNode line = new ObjectMapper().readTree(text());
        assertThat(line.fieldNames()).toIterable().containsExactly("file", "text", "tokens", "words", "timestamp", "sentence_info", "segments", "seconds", "rtf");
        assertThat(line.get("sentence_info")).hasSize(1);
        assertThat(line.get("segments").toString()).matches("\\[\\{\"start\":0,\"end\":3\\d{3},\"text\":\"zero nine seven six eight\"}]");
        assertThat(line.get("sentence_info").get(0).get("timestamp")).isEqualTo(line.get("timestamp"));
        assertThat(run("--format", "json", SPEECH)).isZero();
        assertThat(new ObjectMapper().readTree(text()).fieldNames()).toIterable().containsExactly("file", "text", "tokens", "segments", "seconds", "rtf");
    }

    @Test
    void aFolderTakesAFileForEachRecording() throws IOException {
        Path copies = Files.createDirectory(folder.resolve("copies"));
        String same = Files.copy(Samples.speech(4), copies.resolve("utt-01.wav")).toString();
        Path results = folder.resolve("a/b");
        assertThat(run("--format", "srt", "--output_dir", results.toString(), OTHER, same, "no/such.wav")).isEqualTo(1);
        assertThat(text()).isEmpty();
        assertThat(errors()).contains("no/such.wav").hasLineCount(1);
        assertThat(Files.readString(results.resolve("utt-01.srt"))).contains("two three");
        assertThat(Files.readString(results.resolve("utt-01-2.srt"))).contains("zero nine seven six eight");
        try (var all = Files.list(results)) {
            assertThat(all).hasSize(2);
        }
        assertThat(run("--format", "srt", "--output-dir", results.toString(), OTHER)).isEqualTo(1);
        assertThat(errors()).contains("utt-01.srt exists already; --overwrite replaces it").hasLineCount(1);
        assertThat(run("--format", "srt", "--output-dir", results.toString(), "--overwrite", same)).isZero();
        assertThat(Files.readString(results.resolve("utt-01.srt"))).contains("zero nine seven six eight");
        assertThat(run("--output-dir", results.toString(), same)).isZero();
        assertThat(Files.readString(results.resolve("utt-01.txt"))).isEqualTo("zero nine seven six eight\n");
    }

    @Test
    void whatCannotBeIsRefusedBeforeTheWork() throws IOException {
        assertThat(run("--format", "srt", SPEECH, OTHER)).isEqualTo(2);
        assertThat(errors()).contains("--format srt: a file is about one recording, and there are 2; --output-dir writes one for each");
        assertThat(run("--overwrite", SPEECH)).isEqualTo(2);
        assertThat(errors()).contains("--output-dir");
        assertThat(run("--format", "doc", SPEECH)).isEqualTo(2);
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(run("--output-dir", file.toString(), SPEECH)).isEqualTo(1);
        assertThat(errors()).contains(file + " is a file, expected a folder").doesNotContain("\tat ").hasLineCount(1);
        // A recording by the name of a result is not replaced, whatever was said.
        Path recording = Files.copy(Samples.speech(4), folder.resolve("speech.txt"));
        assertThat(run("--output-dir", folder.toString(), "--overwrite", recording.toString())).isEqualTo(1);
        assertThat(errors()).contains("is a recording");
        assertThat(Files.size(recording)).isEqualTo(Files.size(Samples.speech(4)));
    }

    @Test
    void namesOfFilesInAFolder() {
        assertThat(OutputNames.of(List.of("x/a.wav", "y/a.flac", "a-2.wav", "x/a.wav", ".wav", "b", "-", "z/a.tar.wav"), Path.of("o"), "srt").values())
                .extracting(Path::toString).containsExactly("o/a.srt", "o/a-3.srt", "o/a-2.srt", "o/.wav.srt", "o/b.srt", "o/standard-input.srt", "o/a.tar.srt");
    }
}
