package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.audio.AudioException;
import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import dev.parasol.testing.WavFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of any length, divided by a detector or into windows. */
class SpeechTranscriberTest {
    private static SpeechTranscriber.Builder withDetector() {
        return SpeechTranscriber.builder().model(Samples.model()).vadModel(Shared.path("models/fsmn-vad").toString());
    }

    private static Path recording() {
        return Shared.path("audio/digits/long-0.wav");
    }

    private static String expected() throws IOException {
        JsonNode expected = new ObjectMapper().readTree(Shared.path("audio/digits/expected.json").toFile());
        return expected.get("long").get(0).get("funasr_text").asText();
    }

    @Test
    void aLongRecordingHasFunAsrsText() throws IOException {
        List<TranscriptSegment> told = new ArrayList<>();
        try (SpeechTranscriber transcriber = withDetector().timestamps(true).build()) {
            Transcript transcript = transcriber.transcribe(List.of(recording()), new TranscriptionListener() {
                @Override
                public void segment(Path file, TranscriptSegment segment) {
                    told.add(segment);
                }

                @Override
                public void finished(FileResult result, int finished, int total) {}
            }).get(0).orThrow();
            assertThat(transcript.text()).isEqualTo(expected());
            assertThat(told).isEqualTo(transcript.segments());
            assertThat(transcript.segments()).hasSizeGreaterThan(5);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {60, 10})
    void withoutADetectorTheWordsAreTheSame(double threshold) throws IOException {
        try (SpeechTranscriber transcriber = SpeechTranscriber.builder().model(Samples.model())
                .options(TranscribeOptions.builder().thresholdSeconds(threshold).build()).build()) {
            Transcript transcript = transcriber.transcribe(recording());
            assertThat(transcript.text()).isEqualTo(expected());
            assertThat(transcript.words()).isEmpty();
        }
    }

    /** Every short file in one piece: what a recognizer alone gives. */
    @Test
    void shortFilesHaveTheTextOfTheRecognizer() {
        List<Path> files = IntStream.of(0, 1, 2, 4, 7, 12, 15).mapToObj(Samples::speech).toList();
        try (SpeechTranscriber transcriber = SpeechTranscriber.builder().model(Samples.model()).build();
                Recognizer recognizer = Recognizer.builder().model(Samples.model()).build()) {
            assertThat(transcriber.transcribe(files).stream().map(result -> result.orThrow().text()))
                    .containsExactlyElementsOf(recognizer.transcribe(files).stream().map(result -> result.orThrow().text()).toList());
        }
    }

    private static SpeechTranscriber plain() {
        return SpeechTranscriber.builder().model(Samples.model()).build();
    }

    private static Path cut(Path file, Path as, int bytes) throws IOException {
        return Files.write(as, Arrays.copyOf(Files.readAllBytes(file), bytes));
    }

    @Test
    void whatIsWrongWithOneFileConcernsThatFileAlone(@TempDir Path folder) throws IOException {
        Path poisoned = Files.write(folder.resolve("poisoned.wav"), "no recording".getBytes(StandardCharsets.UTF_8));
        Path truncated = cut(Samples.speech(4), folder.resolve("truncated.wav"), 60_000);
        Path header = cut(Samples.speech(4), folder.resolve("header.wav"), 30);
        Path silent = Files.write(folder.resolve("silent.wav"), silent(Files.readAllBytes(Samples.speech(1))));
        List<Path> files = List.of(Samples.speech(0), poisoned, truncated, folder.resolve("missing.wav"), header, silent, Samples.speech(2));
        try (SpeechTranscriber transcriber = plain()) {
            List<FileResult> results = transcriber.transcribe(files);
            assertThat(results).extracting(FileResult::file).isEqualTo(files);
            assertThat(results.get(0).orThrow().text()).isEqualTo("six");
            assertThat(results.get(1).error()).get().isInstanceOf(AudioException.class);
            assertThat(results.get(2).orThrow().warnings()).hasSize(1);
            assertThat(results.get(2).orThrow().text()).startsWith("zero nine");
            assertThat(results.get(3).error()).get().asString().contains("missing.wav");
            assertThat(results.get(4).error()).get().isInstanceOf(AudioException.class);
            assertThat(results.get(5).orThrow().text()).isEmpty();
            assertThat(results.get(6).orThrow().text()).isEqualTo("five five seven");
        }
    }

    private static byte[] silent(byte[] wav) {
        byte[] bytes = wav.clone();
        Arrays.fill(bytes, 44, bytes.length, (byte) 0);
        return bytes;
    }

    @Test
    void whatAListenerThrowsEndsTheWorkAndLeavesTheTranscriberAsItWas() {
        try (SpeechTranscriber transcriber = plain()) {
            List<Path> files = Collections.nCopies(40, Samples.speech(2));
            assertThatThrownBy(() -> transcriber.transcribe(files, (result, finished, total) -> {
                throw new IllegalArgumentException("enough");
            })).hasMessage("enough");
            assertThat(transcriber.transcribe(Samples.speech(0)).text()).isEqualTo("six");
            assertThat(transcriber.report().waiting()).isZero();
        }
    }

    @Test
    void afterItsCloseEveryCallIsAnswered() {
        SpeechTranscriber transcriber = plain();
        CompletableFuture<List<FileResult>> running = new CompletableFuture<>();
        List<Path> files = Collections.nCopies(60, Samples.speech(2));
        Thread caller = new Thread(() -> {
            try {
                running.complete(transcriber.transcribe(files));
            } catch (RuntimeException e) {
                running.completeExceptionally(e);
            }
        });
        caller.start();
        transcriber.close();
        transcriber.close();
        assertThat(running.handle((results, error) -> error instanceof IllegalStateException || results.size() == files.size()).join()).isTrue();
        assertThatThrownBy(() -> transcriber.transcribe(Samples.speech(0))).isInstanceOf(RuntimeException.class).hasMessageContaining("closed");
    }

    @Test
    void batchesAreNeverLongerThanTheirSecondsAndHardlyMoreThanNeeded() {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            files.add(Samples.speech(new int[] {0, 1, 2, 4, 7, 12, 15}[i % 7]));
        }
        try (SpeechTranscriber transcriber = SpeechTranscriber.builder().model(Samples.model())
                .options(TranscribeOptions.builder().batchSeconds(20).build()).build()) {
            double seconds = transcriber.transcribe(files).stream().mapToDouble(result -> result.orThrow().seconds()).sum();
            ServiceReport report = transcriber.report();
            assertThat(report.packedSeconds()).isCloseTo(seconds, within(0.01));
            assertThat(report.largestBatchSeconds()).isLessThanOrEqualTo(20);
            assertThat(report.batches()).isLessThanOrEqualTo((long) Math.ceil(seconds / 20) + 1);
        }
    }

    /** Speech without pauses: windows overlap, and what they have both heard is told once. */
    @Test
    void wordsAtTheBordersOfWindowsAreToldOnce(@TempDir Path folder) throws IOException {
        List<float[]> parts = new ArrayList<>();
        int length = 0;
        for (int number : new int[] {7, 4, 12, 15, 2, 7, 15, 12, 4}) {
            float[] part = spoken(Samples.waveform(number));
            parts.add(part);
            length += part.length;
        }
        float[] samples = new float[length];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, samples, at, part.length);
            at += part.length;
        }
        Random random = new Random(7);
        for (int i = 0; i < length; i++) {
            samples[i] += 1e-3f * (float) random.nextGaussian();
        }
        Path file = WavFiles.write(folder.resolve("spoken.wav"), samples);
        try (SpeechTranscriber transcriber = SpeechTranscriber.builder().model(Samples.model())
                .options(TranscribeOptions.builder().thresholdSeconds(8).build()).timestamps(true).build();
                Recognizer recognizer = Recognizer.builder().model(Samples.model()).build()) {
            Transcript transcript = transcriber.transcribe(file);
            List<String> said = new ArrayList<>();
            parts.forEach(part -> said.addAll(List.of(recognizer.transcribe(part).text().split(" "))));
            List<String> told = List.of(transcript.text().split(" "));
            assertThat(transcript.segments()).hasSizeGreaterThan(3);
            assertThat(told).isEqualTo(said);
            assertThat(transcript.words()).hasSameSizeAs(transcript.tokens());
        }
    }

    /** Without the silence at its ends. */
    private static float[] spoken(float[] samples) {
        int from = 0;
        int to = samples.length;
        while (from < to && Math.abs(samples[from]) < 0.02f) {
            from++;
        }
        while (to > from && Math.abs(samples[to - 1]) < 0.02f) {
            to--;
        }
        return Arrays.copyOfRange(samples, Math.max(0, from - 1200), Math.min(samples.length, to + 1200));
    }
}
