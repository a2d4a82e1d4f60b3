package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.weights.EndpointConfig;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Times below are frames of 10 ms. */
class EndpointDetectorTest {
    private static final EndpointConfig CONFIG = new EndpointConfig(800, 200, 150, 150, 200, 100, 60_000, 0.6, 1, -100, -100, 100);
    private static final int MOST = 100;

    private final List<Segment> segments = new ArrayList<>();

    /** Alternately silent and speaking for so many frames; the recording ends with the last. */
    private EndpointDetector run(EndpointConfig config, int... lengths) {
        EndpointDetector detector = new EndpointDetector(config);
        for (int i = 0; i < lengths.length; i++) {
            for (int j = 0; j < lengths[i]; j++) {
                detector.add(i % 2 == 0 ? 0.9f : 0.1f, 0, i == lengths.length - 1 && j == lengths[i] - 1);
            }
        }
        segments.addAll(detector.take());
        return detector;
    }

    @Test
    void silenceHasNoSegments() {
        assertThat(run(CONFIG, 500).inSpeech()).isFalse();
        assertThat(segments).isEmpty();
    }

    @Test
    void aSegmentBeginsBeforeItsSpeechAndKeepsTheBeginningOfItsSilence() {
        run(CONFIG, 100, 100, 200);
        // Noticed at frame 114, with the fifteenth frame of speech; window and lookback are 40 frames. Silence is noticed at frame
        // 204, counted from the next one on, and 650 ms of it end the segment at frame 269, of which the last 54 are taken back.
        assertThat(segments).containsExactly(new Segment(740, 2160));
    }

    @Test
    void speechAtTheBeginningBeginsThere() {
        run(CONFIG, 0, 100);
        assertThat(segments).containsExactly(new Segment(0, 1000));
    }

    @Test
    void aShortPauseIsPartOfTheSegment() {
        run(CONFIG, 100, 100, 40, 100, 200);
        assertThat(segments).hasSize(1);
    }

    @Test
    void aSegmentDoesNotBeginBeforeTheLastOnesEnd() {
        run(CONFIG.withMaxEndSilence(150), 100, 100, 8, 100, 200);
        assertThat(segments).hasSize(2);
        assertThat(segments.get(1).startMs()).isEqualTo(segments.get(0).endMs());
    }

    @Test
    void aLongSegmentIsCutWhereItBecomesTooLong() {
        run(CONFIG.withMaxSegment(1000), 0, 250);
        assertThat(segments).containsExactly(new Segment(0, 1010), new Segment(1010, 2020), new Segment(2020, 2500));
    }

    @Test
    void speechThatIsNoticedWithTheLastFrameIsASegment() {
        run(CONFIG, 100, 15);
        assertThat(segments).containsExactly(new Segment(740, 1150));
    }

    @Test
    void theRunningSegmentIsTold() {
        EndpointDetector detector = new EndpointDetector(CONFIG);
        for (int i = 0; i < 15; i++) {
            assertThat(detector.running()).isEmpty();
            detector.add(0, 0, false);
        }
        assertThat(detector.running()).hasValue(0);
    }

    @Test
    void thePosteriorOfSpeechMustExceedThatOfSilence() {
        EndpointDetector detector = new EndpointDetector(CONFIG);
        for (int i = 0; i < 100; i++) {
            detector.add(0.21f, 0, false);
        }
        assertThat(detector.inSpeech()).isFalse();
        detector.speechNoiseThreshold(0.5);
        for (int i = 0; i < 100; i++) {
            detector.add(0.21f, 0, false);
        }
        assertThat(detector.inSpeech()).isTrue();
    }

    @Test
    void aFrameWithLittleEnergyIsSilent() {
        EndpointConfig loud = new EndpointConfig(800, 200, 150, 150, 200, 100, 60_000, 0.6, 1, -30, 10, 100);
        EndpointDetector detector = new EndpointDetector(loud);
        for (int i = 0; i < 100; i++) {
            detector.add(0.1f, -31, false);
        }
        assertThat(detector.inSpeech()).isFalse();
        for (int i = 0; i < 100; i++) {
            detector.add(0.9f, -20, false);
        }
        for (int i = 0; i < 100; i++) {
            detector.add(0.1f, -11, false);
        }
        assertThat(detector.inSpeech()).as("9 dB above the noise").isFalse();
        for (int i = 0; i < 100; i++) {
            detector.add(0.1f, -9, false);
        }
        assertThat(detector.inSpeech()).as("11 dB above the noise").isTrue();
    }

    @Property(tries = 300)
    void segmentsFollowOneAnotherWithinTheRecordingAndTheLimit(@ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = MOST) Integer> lengths,
            @ForAll @IntRange(min = 0, max = 3000) int maxEndSilence, @ForAll @IntRange(min = 200, max = 3000) int maxSegment) {
        segments.clear();
        int[] array = lengths.stream().mapToInt(Integer::intValue).toArray();
        EndpointDetector detector = run(CONFIG.withMaxEndSilence(maxEndSilence).withMaxSegment(maxSegment), array);
        long end = 0;
        for (Segment segment : segments) {
            assertThat(segment.startMs()).isGreaterThanOrEqualTo(end);
            // A segment is as long as what is looked back for before it can be cut.
            assertThat(segment.lengthMs()).isLessThanOrEqualTo(Math.max(maxSegment, 410) + 10L);
            end = segment.endMs();
        }
        assertThat(end).isLessThanOrEqualTo(10L * detector.frames());
        assertThat(detector.inSpeech()).isFalse();
    }
}
