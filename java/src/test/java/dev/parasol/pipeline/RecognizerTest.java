package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.parasol.audio.AudioException;
import dev.parasol.testing.Samples;
import dev.parasol.weights.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users see of one recognizer on a small model. */
class RecognizerTest {
    private static Recognizer recognizer;

    @BeforeAll
    static void load() {
        recognizer = Recognizer.builder().model(Samples.model()).build();
    }

    @AfterAll
    static void close() {
        if (recognizer != null) {
            recognizer.close();
        }
    }

    @Test
    void speechGivesText() {
        Transcript transcript = recognizer.transcribe(Samples.speech(2));
        assertThat(transcript.text()).isEqualTo("five five seven");
        assertThat(transcript.tokens()).containsExactly(8, 8, 10);
        assertThat(transcript.seconds()).isBetween(1.0, 5.0);
        assertThat(transcript.rtf()).isPositive();
        assertThat(transcript.warnings()).isEmpty();
    }

    @Test
    void samplesGiveTheSame() {
        assertThat(recognizer.transcribe(Samples.waveform(2)).text()).isEqualTo("five five seven");
    }

    @Test
    void oneSampleGivesEmptyText() {
        assertThat(recognizer.transcribe(new float[] {0.5f}).text()).isEmpty();
        assertThat(recognizer.transcribe(new float[0]).text()).isEmpty();
    }

    @Test
    void silenceDoesNotRunTheModel() {
        long launches = recognizer.session().context().launches();
        Transcript transcript = recognizer.transcribe(new float[30 * 60 * 16_000]);
        assertThat(transcript.text()).isEmpty();
        assertThat(transcript.seconds()).isEqualTo(1800);
        assertThat(recognizer.session().context().launches()).isEqualTo(launches);
    }

    @Test
    void faintNoiseIsNotSilence() {
        long launches = recognizer.session().context().launches();
        recognizer.transcribe(new float[] {0, 0x1p-16f, 0});
        assertThat(recognizer.session().context().launches()).isGreaterThan(launches);
    }

    @Test
    void numbersThatAreNoneAreNamed() {
        float[] samples = new float[100];
        samples[17] = Float.NaN;
        assertThatExceptionOfType(AudioException.class).isThrownBy(() -> recognizer.transcribe(samples)).withMessageContaining("sample 17 of 100 is NaN");
    }

    @Test
    void aBadFileDoesNotSpoilTheOthers(@TempDir Path folder) throws IOException {
        Path text = Files.writeString(folder.resolve("text.wav"), "this is no recording");
        List<Path> files = List.of(Samples.speech(0), text, folder, folder.resolve("missing.wav"), Samples.speech(1));
        List<String> heard = new ArrayList<>();
        List<FileResult> results = recognizer.transcribe(files, (result, finished, total) -> {
            assertThat(total).isEqualTo(5);
            heard.add(finished + " " + result.file().getFileName());
        });
        assertThat(heard).containsExactly("1 utt-00.wav", "2 text.wav", "3 " + folder.getFileName(), "4 missing.wav", "5 utt-01.wav");
        assertThat(results).extracting(FileResult::file).isEqualTo(files);
        assertThat(results.get(0).orThrow().text()).isEqualTo("six");
        assertThat(results.get(4).orThrow().text()).isEqualTo("two three");
        for (FileResult failed : results.subList(1, 4)) {
            assertThat(failed.transcript()).isEmpty();
            assertThat(failed.error()).containsInstanceOf(AudioException.class);
            assertThatExceptionOfType(AudioException.class).isThrownBy(failed::orThrow).withMessageContaining(failed.file().toString());
        }
    }

    @Test
    void warningsArePassedOn(@TempDir Path folder) throws IOException {
        byte[] whole = Files.readAllBytes(Samples.speech(2));
        Path cut = Files.write(folder.resolve("cut.wav"), Arrays.copyOf(whole, whole.length - 1000));
        assertThat(recognizer.transcribe(cut).warnings()).hasSize(1);
    }

    @Test
    void batchesHoldAsManySecondsAsAllowed() {
        List<Path> files = List.of(Samples.speech(0), Samples.speech(1), Samples.speech(2), Samples.speech(4));
        long before = recognizer.session().context().launches();
        recognizer.transcribe(files);
        long oneBatch = recognizer.session().context().launches() - before;
        try (Recognizer small = Recognizer.builder().model(Samples.model()).batchSeconds(0.5).build()) {
            before = small.session().context().launches();
            List<FileResult> results = small.transcribe(files);
            assertThat(small.session().context().launches() - before).isEqualTo(4 * oneBatch);
            assertThat(results).extracting(r -> r.orThrow().text()).containsExactly("six", "two three", "five five seven", "zero nine seven six eight");
        }
    }

    @Test
    void manyThreadsMayCall() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<String>> texts = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Path file = Samples.speech(i % 3);
                texts.add(threads.submit(() -> recognizer.transcribe(file).text()));
            }
            for (int i = 0; i < 12; i++) {
                assertThat(texts.get(i).get()).isEqualTo(List.of("six", "two three", "five five seven").get(i % 3));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void nothingMoreAfterClosing() {
        Recognizer closed = Recognizer.builder().model(Samples.model()).build();
        closed.close();
        closed.close();
        assertThatIllegalStateException().isThrownBy(() -> closed.transcribe(new float[] {1})).withMessageContaining("closed");
    }

    @Test
    void aModelIsNeeded() {
        assertThatIllegalStateException().isThrownBy(() -> Recognizer.builder().build()).withMessageContaining("model");
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> Recognizer.builder().model("no/such/folder").build());
    }
}
