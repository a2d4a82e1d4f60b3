package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
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
    @ValueSource(doubles = {60, 20, 10})
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
}
