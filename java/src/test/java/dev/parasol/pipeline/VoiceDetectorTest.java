package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.audio.AudioReader;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.memory.MemoryLimit;
import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Segments are FunASR's, whatever the chunks. */
class VoiceDetectorTest {
    private static final int MILLISECOND = 16;

    private static VoiceDetector.Builder builder() {
        return VoiceDetector.builder().model(Shared.path("models/fsmn-vad").toString());
    }

    private static VoiceDetector detector(String setting) {
        return setting.equals("default") ? builder().build() : builder().maxEndSilence(800).build();
    }

    private static List<Segment> chunked(VoiceDetector detector, float[] samples, int chunk) {
        VadStream stream = detector.open();
        List<Segment> segments = new ArrayList<>();
        for (int from = 0; from < samples.length; from += chunk) {
            segments.addAll(stream.accept(samples, from, Math.min(chunk, samples.length - from)));
        }
        segments.addAll(stream.finish());
        assertThat(stream.finish()).isEmpty();
        return segments;
    }

    private static List<Segment> segments(JsonNode node) {
        List<Segment> segments = new ArrayList<>();
        node.forEach(pair -> segments.add(new Segment(pair.get(0).asLong(), pair.get(1).asLong())));
        return segments;
    }

    private static void check(String setting, int milliseconds, int clips) throws IOException {
        Path folder = Shared.path("audio/vad");
        JsonNode expected = new ObjectMapper().readTree(folder.resolve("segments.json").toFile());
        try (VoiceDetector detector = detector(setting)) {
            Iterator<Map.Entry<String, JsonNode>> entries = expected.fields();
            for (int i = 0; i < clips && entries.hasNext(); i++) {
                Map.Entry<String, JsonNode> clip = entries.next();
                float[] samples = AudioReader.read(folder.resolve(clip.getKey())).samples();
                assertThat(chunked(detector, samples, milliseconds * MILLISECOND)).as("%s in chunks of %d ms", clip.getKey(), milliseconds)
                        .isEqualTo(segments(clip.getValue().get(setting)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"default, 60000, 16", "default, 1000, 4", "default, 10, 1", "max_end_silence_time=800, 60000, 16", "max_end_silence_time=800, 100, 2"})
    void segmentsAreThoseOfFunAsr(String setting, int milliseconds, int clips) throws IOException {
        check(setting, milliseconds, clips);
    }

    @Tag("soak")
    @ParameterizedTest
    @CsvSource({"10", "100", "1000"})
    void segmentsOfAllClipsAreThoseOfFunAsr(int milliseconds) throws IOException {
        check("default", milliseconds, Integer.MAX_VALUE);
        check("max_end_silence_time=800", milliseconds, Integer.MAX_VALUE);
    }

    /** Minutes of speech with pauses: the schedule's steps must come at the same samples. */
    @Test
    void chunksDoNotMatterBeyondTheFirstMinutes() {
        float[] clip = AudioReader.read(Shared.path("audio/vad/testset-audio-03.wav")).samples();
        float[] recording = new float[130 * 1000 * MILLISECOND];
        for (int at = 0; at < recording.length; at += clip.length + 700 * MILLISECOND) {
            System.arraycopy(clip, 0, recording, at, Math.min(clip.length, recording.length - at));
        }
        try (VoiceDetector detector = builder().build()) {
            List<Segment> whole = detector.detect(recording);
            assertThat(whole).hasSizeGreaterThan(3);
            assertThat(whole.get(0).lengthMs()).as("no pause of the first minute ends a segment").isGreaterThan(50_000);
            assertThat(chunked(detector, recording, 1700 * MILLISECOND + 3)).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "399", "400", "719", "720", "16000"})
    void shortAndSilentRecordingsHaveNoSegments(int samples) {
        try (VoiceDetector detector = builder().build()) {
            assertThat(detector.detect(new float[samples])).isEmpty();
            assertThat(chunked(detector, new float[samples], 160)).isEmpty();
        }
    }

    @Test
    void streamsDoNotConcernOneAnother() {
        float[] one = AudioReader.read(Shared.path("audio/vad/testset-audio-02.wav")).samples();
        float[] other = AudioReader.read(Shared.path("audio/vad/asr_example_zh.wav")).samples();
        try (VoiceDetector detector = builder().maxEndSilence(800).build()) {
            VadStream first = detector.open();
            VadStream second = detector.open();
            List<Segment> ofFirst = new ArrayList<>();
            List<Segment> ofSecond = new ArrayList<>();
            for (int from = 0; from < Math.max(one.length, other.length); from += 8000) {
                if (from < one.length) {
                    ofFirst.addAll(first.accept(Arrays.copyOfRange(one, from, Math.min(one.length, from + 8000))));
                }
                if (from < other.length) {
                    ofSecond.addAll(second.accept(Arrays.copyOfRange(other, from, Math.min(other.length, from + 8000))));
                }
            }
            ofFirst.addAll(first.finish());
            ofSecond.addAll(second.finish());
            assertThat(ofFirst).isEqualTo(detector.detect(one)).hasSize(2);
            assertThat(ofSecond).isEqualTo(detector.detect(other)).hasSize(1);
        }
    }

    @Test
    void aRecordingEndsOnce() {
        try (VoiceDetector detector = builder().build()) {
            VadStream stream = detector.open();
            stream.finish();
            assertThatThrownBy(() -> stream.accept(new float[1])).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void tooLittleMemoryIsSaidAndNothingStaysAllocated() {
        assertThatThrownBy(() -> builder().memoryLimit(MemoryLimit.parse("1MiB")).build()).isInstanceOf(DeviceMemoryExhausted.class);
        try (VoiceDetector detector = builder().memoryLimit(MemoryLimit.parse("8MiB")).build()) {
            assertThat(detector.detect(new float[16_000])).isEmpty();
        }
    }
}
