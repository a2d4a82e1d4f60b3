package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SegmentSplitterTest {
    private static final long LIMIT_MS = 6000;
    private static final SegmentSplitter SPLITTER = new SegmentSplitter(LIMIT_MS);

    /** Speech everywhere, at -20 dB. */
    private static float[][] speech(int frames) {
        float[][] values = new float[frames][];
        for (int f = 0; f < frames; f++) {
            values[f] = new float[] {0.05f, -20};
        }
        return values;
    }

    private static FrameTrack track(float[][] values) {
        FrameTrack track = new FrameTrack();
        for (float[] value : values) {
            track.add(value[0], value[1]);
        }
        return track;
    }

    private static void fill(float[][] values, int from, int to, float silence, float decibel) {
        for (int f = from; f < to; f++) {
            values[f] = new float[] {silence, decibel};
        }
    }

    @Test
    void whatIsNotLongerThanTheLimitStaysWhole() {
        assertThat(SPLITTER.split(new Segment(500, 500 + LIMIT_MS), track(speech(700)))).containsExactly(new Segment(500, 500 + LIMIT_MS));
    }

    @Test
    void theCutIsInTheMiddleOfTheLongestPause() {
        float[][] values = speech(1100);
        fill(values, 420, 440, 0.95f, -60);
        fill(values, 500, 560, 0.95f, -60);
        fill(values, 580, 592, 0.95f, -80);
        List<Segment> pieces = SPLITTER.split(new Segment(0, 11_000), track(values));
        assertThat(pieces).hasSize(2);
        assertThat(pieces.get(0).endMs()).isBetween(5250L, 5350L);
    }

    @Test
    void aPauseWinsOverAQuieterPlaceThatIsSpeech() {
        float[][] values = speech(1100);
        fill(values, 450, 470, 0.9f, -30);
        fill(values, 550, 580, 0.2f, -90);
        assertThat(SPLITTER.split(new Segment(0, 11_000), track(values)).get(0).endMs()).isBetween(4500L, 4700L);
    }

    @Test
    void silentFramesWithinAWordAreNoPause() {
        float[][] values = speech(1100);
        fill(values, 450, 453, 1, -30);
        fill(values, 550, 580, 0.2f, -50);
        assertThat(SPLITTER.split(new Segment(0, 11_000), track(values)).get(0).endMs()).isBetween(5500L, 5800L);
    }

    @Test
    void withoutAPauseTheCutIsAtTheLeastEnergeticPoint() {
        float[][] values = speech(1100);
        fill(values, 450, 451, 0.2f, -90);
        fill(values, 520, 536, 0.2f, -35);
        assertThat(SPLITTER.split(new Segment(0, 11_000), track(values)).get(0).endMs()).isBetween(5230L, 5330L);
    }

    @Test
    void whatIsBehindTheLastFrameIsCutAtTheLimit() {
        assertThat(SPLITTER.split(new Segment(0, 13_000), track(speech(300)))).containsExactly(new Segment(0, 6000), new Segment(6000, 12_000),
                new Segment(12_000, 13_000));
    }

    @Test
    void aLimitThatLeavesNoChoiceIsRefused() {
        assertThatThrownBy(() -> new SegmentSplitter(20)).hasMessage("pieces of 20 ms");
    }

    @Property(tries = 200)
    void piecesCoverTheSegmentExactlyAndNoneIsTooLong(@ForAll long seed, @ForAll @IntRange(min = 30, max = 8000) int limit,
            @ForAll @IntRange(min = 0, max = 500) int dropped, @ForAll @IntRange(min = 1, max = 20_000) int length) {
        Random random = new Random(seed);
        FrameTrack track = new FrameTrack();
        for (int f = 0; f < dropped + length / 10; f++) {
            track.add(random.nextInt(20) == 0 ? random.nextFloat() : f / 17 % 2, -100 + 100 * random.nextFloat());
        }
        Segment segment = new Segment(10L * dropped, 10L * dropped + length);
        track.dropBefore(segment.startMs());
        List<Segment> pieces = new SegmentSplitter(limit).split(segment, track);
        long at = segment.startMs();
        for (Segment piece : pieces) {
            assertThat(piece.startMs()).isEqualTo(at);
            assertThat(piece.lengthMs()).isLessThanOrEqualTo(limit);
            at = piece.endMs();
        }
        assertThat(at).isEqualTo(segment.endMs());
        if (pieces.size() > 1) {
            assertThat(pieces.get(0).lengthMs()).as("no cut comes before the last third").isGreaterThanOrEqualTo((limit / 10 - limit / 10 / 3) * 10L);
        }
    }

    /** Words of 200 to 700 ms and pauses of 150 to 500: every cut that is no last resort lies in a pause. */
    @Property(tries = 100)
    void cutsLieInPauses(@ForAll long seed) {
        Random random = new Random(seed);
        float[][] values = speech(6000);
        boolean[] pause = new boolean[values.length];
        for (int f = 0; f + 130 < values.length; ) {
            f += 20 + random.nextInt(51);
            int silent = 15 + random.nextInt(36);
            fill(values, f, f + silent, 0.7f + 0.3f * random.nextFloat(), -50);
            Arrays.fill(pause, f, f + silent, true);
            f += silent;
        }
        FrameTrack track = track(values);
        List<Segment> pieces = SPLITTER.split(new Segment(0, 59_000), track);
        for (Segment piece : pieces.subList(0, pieces.size() - 1)) {
            assertThat(pause[(int) (piece.endMs() / 10)]).as("at %d ms", piece.endMs()).isTrue();
        }
    }
}
