package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.audio.AudioReader;
import dev.parasol.testing.Shared;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pieces are the detector's segments, merged as FunASR merges them and divided, with their samples, whatever the blocks. */
class VadPiecesTest {
    private static final int RATE = 16_000;

    private static VoiceDetector detector;
    private static float[] recording;
    private static List<Segment> segments;

    @BeforeAll
    static void detect() {
        detector = VoiceDetector.builder().model(Shared.path("models/fsmn-vad").toString()).maxEndSilence(400).build();
        recording = AudioReader.read(Shared.path("audio/digits/long-0.wav")).samples();
        segments = detector.detect(recording);
    }

    @AfterAll
    static void close() {
        if (detector != null) {
            detector.close();
        }
    }

    private static List<SpeechPiece> pieces(float[] samples, TranscribeOptions.Builder options, int block) {
        VadPieces source = new VadPieces(detector, options.build(), Optional.empty());
        List<SpeechPiece> pieces = new ArrayList<>();
        for (int from = 0; from < samples.length; from += block) {
            int count = Math.min(block, samples.length - from);
            pieces.addAll(source.accept(Arrays.copyOfRange(samples, from, from + count), count));
        }
        pieces.addAll(source.finish());
        for (SpeechPiece piece : pieces) {
            int from = (int) piece.place().startMs() * SpeechPiece.PER_MS;
            assertThat(piece.samples()).isEqualTo(Arrays.copyOfRange(samples, from, (int) piece.place().endMs() * SpeechPiece.PER_MS));
        }
        return pieces;
    }

    private static List<Segment> places(List<SpeechPiece> pieces) {
        return pieces.stream().map(piece -> new Segment(piece.place().startMs(), piece.place().endMs())).toList();
    }

    @Test
    void segmentsAreTheDetectors() {
        assertThat(segments).hasSizeGreaterThan(10);
        assertThat(places(pieces(recording, TranscribeOptions.builder(), 10 * RATE))).isEqualTo(segments);
    }

    @Test
    void mergedSegmentsAreFunAsrs() {
        TranscribeOptions.Builder merged = TranscribeOptions.builder().mergeVad(true).mergeSeconds(7);
        assertThat(places(pieces(recording, merged, 10 * RATE))).isEqualTo(SegmentMerger.merge(segments, 7000));
        assertThat(places(pieces(recording, merged, 1700))).isEqualTo(SegmentMerger.merge(segments, 7000));
    }

    @Test
    void longSegmentsAreDividedWhateverTheBlocks() {
        TranscribeOptions.Builder short3 = TranscribeOptions.builder().thresholdSeconds(3);
        List<SpeechPiece> pieces = pieces(recording, short3, 10 * RATE);
        assertThat(pieces).hasSizeGreaterThan(segments.size()).allMatch(piece -> piece.samples().length <= 3 * RATE);
        assertThat(pieces(recording, short3, 4801).stream().map(SpeechPiece::place).toList()).isEqualTo(pieces.stream().map(SpeechPiece::place).toList());
        assertThat(places(pieces.stream().filter(piece -> !piece.place().continues()).toList()).stream().map(Segment::startMs).toList())
                .isEqualTo(segments.stream().map(Segment::startMs).toList());
    }

    /** A little speech, more than a minute of silence, and again: that pause belongs to no piece. */
    @Test
    void aPauseThatIsLongerThanAPieceMayBeIsLeftOut() {
        float[] samples = new float[90 * RATE];
        System.arraycopy(recording, 0, samples, 3 * RATE, 3 * RATE / 2);
        TranscribeOptions.Builder merged = TranscribeOptions.builder().mergeVad(true);
        List<Segment> alone = places(pieces(samples, merged, 10 * RATE));
        assertThat(alone).as("a single segment is not merged with the silence before it").isEqualTo(detector.detect(samples)).hasSize(1);
        System.arraycopy(recording, 0, samples, 80 * RATE, 3 * RATE);
        List<Segment> found = detector.detect(samples);
        List<Segment> rule = SegmentMerger.merge(found, 15_000);
        assertThat(rule).anyMatch(segment -> segment.lengthMs() > 60_000);
        assertThat(places(pieces(samples, merged, 10 * RATE))).isEqualTo(rule.stream().filter(segment -> segment.lengthMs() <= 60_000).toList());
    }
}
