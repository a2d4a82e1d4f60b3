package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.model.Precision;
import dev.parasol.testing.Shared;
import dev.parasol.weights.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
    private static Recognizer recognizer(String model, boolean timestamps) {
        return Recognizer.builder().model(Shared.path("models/" + model).toString()).precision(Precision.FP32).timestamps(timestamps).build();
    }

    /** FunASR's times of every recording: to the millisecond but for 5 % of the words, which are within a frame. */
    @ParameterizedTest
    @ValueSource(strings = {"digits-tiny", "digits-deep", "digits-seaco"})
    void timesOfEveryWord(String model) throws IOException {
        JsonNode expected = new ObjectMapper().readTree(Shared.path("audio/digits/funasr-" + model + ".json").toFile());
        List<Path> files = new ArrayList<>();
        expected.forEach(utterance -> files.add(Shared.path("audio/digits/" + utterance.get("file").asText())));
        int words = 0;
        int exact = 0;
        try (Recognizer recognizer = recognizer(model, true)) {
            List<FileResult> results = recognizer.transcribe(files);
            for (int i = 0; i < files.size(); i++) {
                Transcript transcript = results.get(i).orThrow();
                JsonNode times = expected.get(i).get("timestamp");
                assertThat(transcript.words().stream().map(Transcript.Word::text)).containsExactly(expected.get(i).get("text").asText().split(" "));
                for (int w = 0; w < times.size(); w++) {
                    Timestamp time = transcript.timestamps().get(w);
                    assertThat(time.startMs()).as(files.get(i) + ", word " + w).isBetween(times.get(w).get(0).asInt() - 60, times.get(w).get(0).asInt() + 60);
                    assertThat(time.endMs()).as(files.get(i) + ", word " + w).isBetween(times.get(w).get(1).asInt() - 60, times.get(w).get(1).asInt() + 60);
                    words++;
                    exact += time.startMs() == times.get(w).get(0).asInt() && time.endMs() == times.get(w).get(1).asInt() ? 1 : 0;
                }
            }
        }
        assertThat(words).isEqualTo(108);
        assertThat(exact).isGreaterThanOrEqualTo((int) Math.ceil(0.95 * words));
    }

    @Test
    void timesBeginWithTheSegment() {
        try (Recognizer recognizer = recognizer("digits-tiny", true)) {
            Utterance utterance = new Utterance(dev.parasol.audio.AudioReader.read(Shared.path("audio/digits/utt-01.wav")).samples());
            recognizer.recognise(BatchSource.of(List.of(utterance)));
            List<Transcript.Word> words = recognizer.words(utterance, 0);
            assertThat(words).hasSize(2);
            List<Transcript.Word> later = recognizer.words(utterance, 7000);
            for (int i = 0; i < words.size(); i++) {
                Timestamp time = words.get(i).time();
                assertThat(later.get(i)).isEqualTo(new Transcript.Word(words.get(i).text(), new Timestamp(time.startMs() + 7000, time.endMs() + 7000)));
            }
        }
    }

    /** A BiCifParaformer is a SeacoParaformer without hotwords. */
    @Test
    void bicifHasItsTimesFromTheHead(@TempDir Path folder) throws IOException {
        Path seaco = Shared.path("models/digits-seaco");
        for (String file : List.of("am.mvn", "tokens.json", "model.pt")) {
            Files.copy(seaco.resolve(file), folder.resolve(file));
        }
        String config = Files.readString(seaco.resolve("config.yaml"));
        Files.writeString(folder.resolve("config.yaml"), config.substring(0, config.indexOf("seaco_decoder:")).replace("SeacoParaformer", "BiCifParaformer"));
        Path file = Shared.path("audio/digits/utt-05.wav");
        try (Recognizer bicif = Recognizer.builder().model(folder.toString()).precision(Precision.FP32).timestamps(true).build();
                Recognizer reference = recognizer("digits-seaco", true)) {
            assertThat(bicif.transcribe(file).words()).hasSize(6).isEqualTo(reference.transcribe(file).words());
        }
        Files.writeString(folder.resolve("config.yaml"), config.replace("upsample_times: 3", "upsample_times: 5"));
        assertThatThrownBy(() -> Recognizer.builder().model(folder.toString()).timestamps(true).build()).isInstanceOf(ModelException.class)
                .hasMessageContaining("predictor_conf.upsample_times is 5").hasMessageContaining("supported: 3");
    }

    /** Windows are joined by times, for which the head is not loaded. */
    @Test
    void theHeadIsLoadedForTimesThatAreShown() {
        String model = Shared.path("models/digits-seaco").toString();
        try (SpeechTranscriber without = SpeechTranscriber.builder().model(model).build();
                SpeechTranscriber with = SpeechTranscriber.builder().model(model).timestamps(true).build()) {
            assertThat(without.notices()).anyMatch(notice -> notice.contains("predictor.blstm.*"));
            assertThat(with.notices()).noneMatch(notice -> notice.contains("predictor.blstm.*"));
        }
    }

    @Test
    void onlyWhereAskedFor() {
        try (Recognizer without = recognizer("digits-tiny", false); Recognizer with = recognizer("digits-tiny", true)) {
            Path file = Shared.path("audio/digits/utt-01.wav");
            assertThat(without.transcribe(file).words()).isEmpty();
            assertThat(with.transcribe(file).words()).hasSize(2);
            assertThat(with.transcribe(new float[16000]).words()).isEmpty();
            assertThat(with.transcribe(file).text()).isEqualTo(without.transcribe(file).text());
        }
    }
}
