package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import dev.parasol.testing.TinySpeaker;
import dev.parasol.weights.ModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Speakers of sentences, behind everything else. */
class SpeakerTranscriptionTest {
    @TempDir
    Path folder;

    private SpeechTranscriber.Builder builder;

    @BeforeEach
    void write() throws IOException {
        builder = SpeechTranscriber.builder().model(Samples.model()).vadModel(Shared.path("models/fsmn-vad").toString()).speakerModel(TinySpeaker.write(folder).toString());
    }

    private static TranscribeOptions speakers(int number) {
        return TranscribeOptions.builder().speakers(number).build();
    }

    @Test
    void everySentenceHasASpeaker() {
        Path file = Shared.path("audio/digits/long-0.wav");
        try (SpeechTranscriber transcriber = builder.options(speakers(3)).build()) {
            Transcript transcript = transcriber.transcribe(file);
            assertThat(transcript.text()).startsWith("five two nine seven two six eight");
            assertThat(transcript.sentences()).hasSizeGreaterThan(2).allSatisfy(sentence -> assertThat(sentence.speaker().orElseThrow()).isBetween(0, 2));
            assertThat(transcript.sentences().stream().map(sentence -> sentence.speaker().orElseThrow()).distinct()).hasSizeGreaterThan(1);
        }
    }

    @Test
    void aRunThatIsResumedHearsTheSpeechAgain() {
        List<Path> files = List.of(Samples.speech(4), folder.resolve("missing.wav"), Samples.speech(0));
        Path path = folder.resolve("run.journal");
        try (SpeechTranscriber transcriber = builder.build()) {
            List<Sentence> first;
            try (Journal journal = Journal.begin(path, builder.identity(), files)) {
                first = transcriber.transcribe(files, journal, TranscriptionListener.NONE).get(0).orThrow().sentences();
            }
            assertThat(first).isNotEmpty().allSatisfy(sentence -> assertThat(sentence.speaker()).isEqualTo(OptionalInt.of(0)));
            try (Journal journal = Journal.resume(path, builder.identity(), files)) {
                assertThat(journal.knownSegments()).isPositive();
                List<FileResult> again = transcriber.transcribe(files, journal, TranscriptionListener.NONE);
                assertThat(again.get(0).orThrow().sentences()).isEqualTo(first);
                assertThat(again.get(1).error()).isPresent();
                assertThat(again.get(2).error()).isEmpty();
            }
        }
    }

    @Test
    void whatIsMissingIsTold() {
        assertThatThrownBy(() -> builder.vadModel(null).build()).isInstanceOf(IllegalStateException.class).hasMessageContaining("detector");
        assertThatThrownBy(() -> builder.vadModel(Shared.path("models/fsmn-vad").toString()).speakerModel("no/such/folder").build()).isInstanceOf(ModelException.class)
                .hasMessageContaining("no/such/folder");
    }
}
