package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parasol.audio.AudioReader;
import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import dev.parasol.testing.TinySpeaker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpeakerDiarizerTest {
    @TempDir
    Path folder;

    private SpeakerEncoder encoder() throws IOException {
        return SpeakerEncoder.builder().model(TinySpeaker.write(folder).toString()).build();
    }

    /** Seven recordings behind one another, a second of silence between them. */
    private static float[] recording(List<Segment> segments) {
        float[] all = new float[16_000 * 60];
        int at = 0;
        for (int i = 0; i < 7; i++) {
            float[] speech = Samples.waveform(i % 2 == 0 ? 4 : 7);
            System.arraycopy(speech, 0, all, at, speech.length);
            segments.add(new Segment(at / 16, at / 16 + speech.length / 16));
            at += (speech.length / 16 + 1000) * 16;
        }
        return Arrays.copyOf(all, at);
    }

    @Test
    void speechMayComeSegmentBySegmentAndIsReadOnceInOrder() throws IOException {
        List<Segment> segments = new ArrayList<>();
        float[] samples = recording(segments);
        try (SpeakerEncoder encoder = encoder()) {
            SpeakerDiarizer diarizer = new SpeakerDiarizer(encoder);
            SpeakerTurns whole = diarizer.diarize(segments, samples, null);
            assertThat(whole.turns()).isNotEmpty();
            assertThat(whole.turns().get(0).startMs()).isZero();
            assertThat(whole.turns().get(whole.turns().size() - 1).endMs()).isBetween(segments.get(6).endMs() - 10, segments.get(6).endMs() + 10);
            SpeakerTrack track = diarizer.open();
            for (Segment segment : segments) {
                track.add(segment, (begin, end) -> {
                    assertThat(begin).isGreaterThanOrEqualTo(segment.startMs() * 16);
                    assertThat(end).isLessThanOrEqualTo(segment.endMs() * 16).isLessThanOrEqualTo(begin + 24_000);
                    return Arrays.copyOfRange(samples, (int) begin, (int) end);
                });
            }
            assertThat(track.turns(null).turns()).isEqualTo(whole.turns());
            assertThat(track.turns(1).speakers()).isEqualTo(1);
            assertThat(track.turns(3).speakers()).isBetween(1, 3);
            assertThatIllegalArgumentException().isThrownBy(() -> track.add(segments.get(0), (begin, end) -> new float[0]));
            assertThatIllegalArgumentException().isThrownBy(() -> track.turns(0)).withMessageContaining("0 speakers");
            assertThatIllegalArgumentException().isThrownBy(() -> track.turns(65));
        }
    }

    @Test
    void aSegmentBeyondTheEndIsFilledWithSilence() throws IOException {
        try (SpeakerEncoder encoder = encoder()) {
            SpeakerDiarizer diarizer = new SpeakerDiarizer(encoder);
            assertThat(diarizer.diarize(List.of(new Segment(0, 100)), new float[1000], null).turns()).containsExactly(new SpeakerTurn(0, 100, 0));
            assertThat(diarizer.diarize(List.of(), new float[1000], null).turns()).isEmpty();
        }
    }

    /** FunASR's two models on a real recording; fewer than 20 windows are one speaker's, turns are as long as the speech. */
    @ParameterizedTest
    @ValueSource(strings = {"testset-audio-02.wav"})
    void turnsOfRealRecordingsCoverTheirSpeech(String clip) {
        float[] samples = AudioReader.read(Shared.path("audio/vad/" + clip)).samples();
        try (VoiceDetector detector = VoiceDetector.builder().model(Shared.path("models/fsmn-vad").toString()).build();
                SpeakerEncoder encoder = SpeakerEncoder.builder().model(Shared.path("models/campplus-random").toString()).build()) {
            List<Segment> segments = detector.detect(samples);
            SpeakerTurns turns = new SpeakerDiarizer(encoder).diarize(segments, samples, null);
            assertThat(turns.speakers()).isEqualTo(1);
            assertThat(turns.turns().stream().mapToLong(turn -> turn.endMs() - turn.startMs()).sum())
                    .isEqualTo(segments.stream().mapToLong(Segment::lengthMs).sum());
            segments.forEach(segment -> assertThat(turns.speakerOf(segment.startMs(), segment.endMs())).isZero());
        }
    }
}
