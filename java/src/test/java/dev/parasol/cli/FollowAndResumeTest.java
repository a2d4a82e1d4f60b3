package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Segments as they come, and runs that go on where others were interrupted. */
class FollowAndResumeTest {
    private final PrintStream standard = System.out;
    private final PrintStream standardError = System.err;
    private final InputStream standardInput = System.in;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    /** Standard output, which may fail behind some lines, and may tell of its first one. */
    private static final class Output extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CountDownLatch firstLine = new CountDownLatch(1);
        private final int failAfterLines;
        private int lines;

        Output(int failAfterLines) {
            this.failAfterLines = failAfterLines;
        }

        @Override
        public synchronized void write(int value) throws IOException {
            if (lines >= failAfterLines) {
                throw new IOException("No space left on device");
            }
            bytes.write(value);
            if (value == '\n') {
                lines++;
                firstLine.countDown();
            }
        }

        List<String> lines() {
            return bytes.toString(StandardCharsets.UTF_8).lines().toList();
        }
    }

    private int run(Output out, String... args) {
        err.reset();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        System.setOut(stream);
        System.setErr(errors);
        List<String> all = new ArrayList<>(List.of("transcribe", "--model", Samples.model(), "--vad-model", Shared.path("models/fsmn-vad").toString(),
                "--max-end-silence-time", "300"));
        all.addAll(Arrays.asList(args));
        return Main.run(all.toArray(String[]::new), stream, errors);
    }

    @AfterEach
    void restore() {
        System.setOut(standard);
        System.setErr(standardError);
        System.setIn(standardInput);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static Output everything() {
        return new Output(Integer.MAX_VALUE);
    }

    private static String recording() {
        return Shared.path("audio/digits/long-0.wav").toString();
    }

    @Test
    void textComesFromAPipeLongBeforeItsEnd() throws Exception {
        byte[] wav = Files.readAllBytes(Path.of(recording()));
        PipedOutputStream pipe = new PipedOutputStream();
        System.setIn(new PipedInputStream(pipe, 1 << 16));
        Output out = everything();
        boolean[] early = new boolean[1];
        Thread writer = new Thread(() -> {
            try (pipe) {
                int half = wav.length / 2;
                pipe.write(wav, 0, half);
                pipe.flush();
                early[0] = out.firstLine.await(5, TimeUnit.MINUTES);
                pipe.write(wav, half, wav.length - half);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        writer.start();
        assertThat(run(out, "--follow", "-")).as("%s", errors()).isZero();
        writer.join();
        assertThat(early[0]).as("a line came before the second half was sent").isTrue();
        List<String> segments = out.lines().subList(0, out.lines().size() - 1);
        assertThat(segments).hasSizeGreaterThan(5).allMatch(line -> line.matches("\\[00:0[01]:\\d\\d\\.\\d{3} --> 00:0[01]:\\d\\d\\.\\d{3}] [a-z ]+"));
        assertThat(String.join(" ", segments.stream().map(line -> line.substring(line.indexOf(']') + 2)).toList())).isEqualTo(out.lines().get(segments.size()));
    }

    @Test
    void anInterruptedRunGoesOnAndSaysWhatAnUninterruptedOneDoes() throws IOException {
        String journal = folder.resolve("run.journal").toString();
        String[] command = {"--follow", "--format", "json", "--journal", journal, recording()};
        Output whole = everything();
        assertThat(run(whole, command)).isZero();
        assertThat(Path.of(journal)).doesNotExist();
        assertThat(run(new Output(4), command)).isEqualTo(1);
        assertThat(Path.of(journal)).exists();

        assertThat(run(everything(), command)).isEqualTo(1);
        assertThat(errors()).contains(journal, "exists already").hasLineCount(1);
        assertThat(run(everything(), "--precision", "fp32", "--resume", "--journal", journal, recording())).isEqualTo(1);
        assertThat(errors()).contains("is of another run: precision was").doesNotContain("\tat ").hasLineCount(1);

        Output resumed = everything();
        List<String> again = new ArrayList<>(List.of("--resume"));
        again.addAll(List.of(command));
        assertThat(run(resumed, again.toArray(String[]::new))).isZero();
        assertThat(errors()).containsPattern("parasol: \\d+ segments in 00:0\\d:\\d\\d\\.\\d{3} of audio are taken from");
        assertThat(Path.of(journal)).doesNotExist();
        int last = whole.lines().size() - 1;
        assertThat(resumed.lines().subList(0, last)).isEqualTo(whole.lines().subList(0, last));
        JsonNode expected = new ObjectMapper().readTree(whole.lines().get(last));
        JsonNode line = new ObjectMapper().readTree(resumed.lines().get(last));
        assertThat(line.get("text")).isEqualTo(expected.get("text"));
        assertThat(line.get("segments")).isEqualTo(expected.get("segments"));
        assertThat(line.get("segments")).hasSize(last);
    }

    @Test
    void aFolderHasItsJournalBesideTheResults() throws IOException {
        Path results = folder.resolve("results");
        String[] command = {"--follow", "--format", "vtt", "--output-dir", results.toString(), Samples.speech(4).toString(), recording()};
        assertThat(run(new Output(7), command)).isEqualTo(1);
        // The first recording has ended, the second one has not.
        assertThat(results.resolve("utt-04.vtt")).exists();
        assertThat(results.resolve("utt-04.journal")).exists();
        assertThat(results.resolve("long-0.vtt")).doesNotExist();
        Files.delete(results.resolve("utt-04.vtt"));
        assertThat(run(everything(), command)).isEqualTo(1);
        assertThat(errors()).contains("utt-04.journal is left of an interrupted run: --resume goes on with it, --overwrite begins anew").hasLineCount(1);
        Files.createFile(results.resolve("utt-04.vtt"));
        List<String> again = new ArrayList<>(List.of("--resume"));
        again.addAll(List.of(command));
        assertThat(run(everything(), again.toArray(String[]::new))).as("%s", errors()).isZero();
        assertThat(Files.readString(results.resolve("utt-04.vtt"))).contains("zero", "eight");
        assertThat(Files.readString(results.resolve("long-0.vtt"))).startsWith("WEBVTT\n\n00:00:0").hasLineCount(2 + 3 * (int) Files.readString(results.resolve("long-0.vtt"))
                .lines().filter(line -> line.contains(" --> ")).count());
        assertThat(results.resolve("utt-04.journal")).doesNotExist();
    }

    @Test
    void whatCannotBeIsWrongUsage() throws IOException {
        assertThat(run(everything(), "--resume", recording())).isEqualTo(2);
        assertThat(errors()).contains("--resume: there is a journal to go on with only with --journal or --output-dir");
        assertThat(run(everything(), "--journal", "j", "-")).isEqualTo(2);
        assertThat(errors()).contains("standard input cannot be read again");
        assertThat(run(everything(), "--follow", "--format", "srt", recording())).isEqualTo(2);
        assertThat(errors()).contains("--follow: segments are printed as text or json; srt needs --output-dir beside it");
        Path notAJournal = Files.writeString(folder.resolve("notes.txt"), "notes");
        assertThat(run(everything(), "--resume", "--journal", notAJournal.toString(), recording())).isEqualTo(1);
        assertThat(errors()).contains("is no journal").hasLineCount(1);
        Path results = Files.createDirectory(folder.resolve("r"));
        Path precious = Files.writeString(results.resolve("long-0.journal"), "{\"mine\":1}\n");
        assertThat(run(everything(), "--overwrite", "--output-dir", results.toString(), recording())).isEqualTo(1);
        assertThat(errors()).contains("is no journal and is not removed");
        assertThat(precious).hasContent("{\"mine\":1}");
    }

    @Test
    void progressTellsPositionSpeedAndWhatIsLeft() {
        AudioProgress progress = new AudioProgress(new double[] {60, 3600, 7}, 0);
        progress.at(1, 30);
        assertThat(progress.text(9)).isEqualTo("0:01:30 of 1:01:07, 10.0 x real time, 0:05:57 left");
        progress.at(0, 10);    // never back
        assertThat(progress.position()).isEqualTo(90);
        AudioProgress resumed = new AudioProgress(new double[] {100}, 40);
        resumed.at(0, 40);
        assertThat(resumed.text(1)).isEqualTo("0:00:40 of 0:01:40");
        resumed.at(0, 60);
        assertThat(resumed.text(2)).isEqualTo("0:01:00 of 0:01:40, 10.0 x real time, 0:00:04 left");
        AudioProgress pipe = new AudioProgress(new double[] {Double.NaN}, 0);
        pipe.at(0, 5);
        assertThat(pipe.text(10)).isEqualTo("0:00:05, 0.5 x real time");
        assertThat(AudioProgress.lengths(List.of(Samples.speech(4), Path.of("no/such.wav"), Path.of("-"))))
                .satisfies(lengths -> assertThat(lengths[0]).isBetween(3.0, 3.3)).satisfies(lengths -> assertThat(lengths[1]).isZero())
                .satisfies(lengths -> assertThat(lengths[2]).isNaN());
    }
}
