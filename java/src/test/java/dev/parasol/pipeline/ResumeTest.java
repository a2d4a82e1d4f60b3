package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.audio.AudioClip;
import dev.parasol.audio.AudioReader;
import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import dev.parasol.weights.LayerMask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A run that was killed goes on to the result of one that was not. */
class ResumeTest {
    @TempDir
    Path folder;

    private static SpeechTranscriber.Builder settings(boolean detector, TranscribeOptions options) {
        return SpeechTranscriber.builder().model(Samples.model()).timestamps(true).options(options)
                .vadModel(detector ? Shared.path("models/fsmn-vad").toString() : null);
    }

    private static Stream<Arguments> divisions() {
        return Stream.of(Arguments.of(true, TranscribeOptions.builder().maxEndSilenceMs(300).build()),
                Arguments.of(true, TranscribeOptions.builder().maxEndSilenceMs(300).mergeVad(true).mergeSeconds(8).build()),
                Arguments.of(true, TranscribeOptions.builder().thresholdSeconds(3).build()),
                Arguments.of(false, TranscribeOptions.builder().thresholdSeconds(6).build()));
    }

    /** What listeners are told, time spent aside. */
    private record Told(List<TranscriptSegment> segments, List<List<Object>> files) {}

    private static Told run(SpeechTranscriber transcriber, List<Path> files, Journal journal) {
        Told told = new Told(new ArrayList<>(), new ArrayList<>());
        transcriber.transcribe(files, journal, new TranscriptionListener() {
            @Override
            public void segment(Path file, TranscriptSegment segment) {
                told.segments.add(segment);
            }

            @Override
            public void finished(FileResult result, int finished, int total) {
                Transcript transcript = result.orThrow();
                told.files.add(List.of(transcript.text(), transcript.tokens(), transcript.words(), transcript.sentences(), transcript.segments(), transcript.seconds(),
                        transcript.warnings()));
            }
        });
        return told;
    }

    @ParameterizedTest
    @MethodSource("divisions")
    void whereverARunIsKilledTheResultIsTheSame(boolean detector, TranscribeOptions options) throws IOException {
        killAndResume(detector, options, 2);
    }

    @Tag("soak")
    @ParameterizedTest
    @MethodSource("divisions")
    void whereverARunIsKilledAtFortyPlacesTheResultIsTheSame(boolean detector, TranscribeOptions options) throws IOException {
        killAndResume(detector, options, 40);
    }

    private void killAndResume(boolean detector, TranscribeOptions options, int rounds) throws IOException {
        List<Path> files = List.of(Samples.speech(4), Shared.path("audio/digits/long-0.wav"), Samples.speech(1));
        Path path = folder.resolve("journal");
        SpeechTranscriber.Builder settings = settings(detector, options);
        Map<String, String> identity = settings.identity();
        try (SpeechTranscriber transcriber = settings.build()) {
            Told whole;
            try (Journal journal = Journal.begin(path, identity, files)) {
                whole = run(transcriber, files, journal);
            }
            byte[] bytes = Files.readAllBytes(path);
            Random random = new Random(7);
            int later = 0;
            for (int i = 0; i < rounds; i++) {
                // The first time nothing is missing but the end of the last line.
                Files.write(path, Arrays.copyOf(bytes, i == 0 ? bytes.length - 1 : bytes.length / 20 + random.nextInt(bytes.length * 19 / 20)));
                try (Journal journal = Journal.resume(path, identity, files)) {
                    later += journal.recording(1).start();
                    assertThat(run(transcriber, files, journal)).as("round %d", i).isEqualTo(whole);
                }
                // The journal is whole again, times spent and places to begin aside.
                try (Journal journal = Journal.resume(path, identity, files)) {
                    assertThat(journal.knownSegments()).isEqualTo(whole.segments().size());
                }
            }
            assertThat(later).as("pieces that were passed over without reading").isPositive();
        }
    }

    @Test
    void theDetectorGoesOnInTheSameStateToTheBit() throws IOException {
        try (VoiceDetector detector = VoiceDetector.builder().model(Shared.path("models/fsmn-vad").toString()).build()) {
            float[] clip = AudioReader.read(Shared.path("audio/digits/long-0.wav")).samples();
            // Behind a minute, where the schedule has taken a step.
            float[] samples = Arrays.copyOf(clip, clip.length + 30 * AudioClip.SAMPLE_RATE);
            System.arraycopy(clip, 0, samples, clip.length, samples.length - clip.length);
            int block = 160_000;
            List<String> frames = new ArrayList<>();
            VadStream whole = detector.open((silence, decibel) -> frames.add(silence + " " + decibel));
            List<VadState> states = new ArrayList<>();
            List<Segment> segments = new ArrayList<>();
            List<Integer> segmentsBefore = new ArrayList<>();
            for (int at = 0; at < samples.length; at += block) {
                segments.addAll(whole.accept(samples, at, Math.min(block, samples.length - at)));
                if (whole.resting()) {
                    states.add(whole.state(whole.settled() / 10));
                    segmentsBefore.add(segments.size());
                }
            }
            segments.addAll(whole.finish());
            assertThat(states.size()).isGreaterThan(1);
            for (int i : new int[] {0, states.size() - 1}) {
                VadState state = states.get(i);
                List<String> told = new ArrayList<>();
                VadStream resumed = detector.open((silence, decibel) -> told.add(silence + " " + decibel));
                resumed.restore(SourceState.fromJson(SourceState.of(state, null).toJson()).vad());
                int from = Math.toIntExact(state.fromSample());
                List<Segment> found = new ArrayList<>();
                for (int at = from; at < samples.length; at += 7777) {
                    found.addAll(resumed.accept(samples, at, Math.min(7777, samples.length - at)));
                }
                found.addAll(resumed.finish());
                assertThat(found).isEqualTo(segments.subList(segmentsBefore.get(i), segments.size()));
                assertThat(told).isEqualTo(frames.subList(state.tellFrom(), frames.size()));
            }
        }
    }

    @Test
    void aListenerThatThrowsLeavesAJournalToGoOnWith() throws IOException {
        List<Path> files = List.of(Shared.path("audio/digits/long-0.wav"));
        Path path = folder.resolve("journal");
        SpeechTranscriber.Builder settings = settings(true, TranscribeOptions.builder().maxEndSilenceMs(300).build());
        try (SpeechTranscriber transcriber = settings.build()) {
            Journal begun = Journal.begin(path, settings.identity(), files);
            assertThatThrownBy(() -> transcriber.transcribe(files, begun, new TranscriptionListener() {
                private int count;

                @Override
                public void segment(Path file, TranscriptSegment segment) {
                    if (++count == 3) {
                        throw new IllegalStateException("enough");
                    }
                }

                @Override
                public void finished(FileResult result, int finished, int total) {}
            })).hasMessage("enough");
            begun.close();
            try (Journal journal = Journal.resume(path, settings.identity(), files)) {
                assertThat(journal.knownSegments()).isEqualTo(3);
                assertThat(transcriber.transcribe(files, journal, TranscriptionListener.NONE).get(0).orThrow().text())
                        .isEqualTo(transcriber.transcribe(files).get(0).orThrow().text());
            }
            assertThatThrownBy(() -> transcriber.transcribe(List.of(), begun, TranscriptionListener.NONE)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theIdentityNamesModelsAndSettings() {
        Map<String, String> identity = settings(true, TranscribeOptions.builder().mergeVad(true).build()).identity();
        assertThat(identity).containsKeys("model/config.yaml", "vad_model/am.mvn", "precision", "timestamps", "merge_vad", "batch_size_threshold_s");
        assertThat(identity.get("model/config.yaml")).matches("\\d+ bytes of 20.*Z");
        assertThat(SpeechTranscriber.builder().model("synth:paraformer-large").keepLayers(LayerMask.parse("0-48")).identity())
                .containsEntry("model", "synth:paraformer-large").containsEntry("keep_layers", "encoder {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, "
                        + "19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48}, decoder whole");
    }
}
