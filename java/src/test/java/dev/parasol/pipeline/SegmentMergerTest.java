package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SegmentMergerTest {
    /** FunASR's rule as it is written there, over all points at once. */
    private static List<Segment> rule(List<Segment> segments, long length) {
        if (segments.size() <= 1) {
            return segments;
        }
        TreeSet<Long> points = new TreeSet<>();
        segments.forEach(segment -> points.addAll(List.of(segment.startMs(), segment.endMs())));
        List<Long> times = new ArrayList<>(points);
        List<Segment> merged = new ArrayList<>();
        long begin = 0;
        for (int i = 0; i < times.size() - 1; i++) {
            if (times.get(i + 1) - begin < length) {
                continue;
            }
            if (times.get(i) - begin > 0) {
                merged.add(new Segment(begin, times.get(i)));
            }
            begin = times.get(i);
        }
        merged.add(new Segment(begin, times.get(times.size() - 1)));
        return merged;
    }

    private static List<Segment> segments(List<Integer> lengths) {
        List<Segment> segments = new ArrayList<>();
        long at = 0;
        for (int i = 0; i + 1 < lengths.size(); i += 2) {
            at += lengths.get(i) * 100L;
            segments.add(new Segment(at, at + lengths.get(i + 1) * 100L + 100));
            at += lengths.get(i + 1) * 100L + 100;
        }
        return segments;
    }

    @Test
    void piecesBeginWithTheRecordingAndHoldThePausesBetween() {
        List<Segment> segments = List.of(new Segment(1000, 5000), new Segment(6000, 9000), new Segment(12_000, 16_000), new Segment(40_000, 60_000));
        assertThat(SegmentMerger.merge(segments, 15_000)).containsExactly(new Segment(0, 12_000), new Segment(12_000, 16_000), new Segment(16_000, 40_000),
                new Segment(40_000, 60_000));
    }

    @Test
    void oneSegmentStaysAsItIs() {
        assertThat(SegmentMerger.merge(List.of(new Segment(1000, 50_000)), 15_000)).containsExactly(new Segment(1000, 50_000));
        assertThat(SegmentMerger.merge(List.of(), 15_000)).isEmpty();
    }

    @Property(tries = 500)
    void isFunAsrsRule(@ForAll @Size(max = 40) List<@IntRange(min = 0, max = 120) Integer> lengths, @ForAll @IntRange(min = 1, max = 30_000) int length) {
        assertThat(SegmentMerger.merge(segments(lengths), length)).isEqualTo(rule(segments(lengths), length));
    }

    /** Knowing early that nothing more will come for a while changes when pieces are given, never which. */
    @Property(tries = 300)
    void piecesThatAreKnownEarlyAreTheSame(@ForAll @Size(min = 4, max = 40) List<@IntRange(min = 0, max = 120) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 30_000) int length) {
        List<Segment> segments = segments(lengths);
        SegmentMerger merger = new SegmentMerger(length);
        List<Segment> merged = new ArrayList<>();
        long last = 0;
        for (Segment segment : segments) {
            for (long ms = last; ms <= segment.startMs(); ms += 70) {
                merger.before(ms);
                assertThat(merger.holdsSpeech() && ms - merger.cut() >= length).isFalse();
            }
            merger.add(segment);
            last = segment.endMs();
        }
        merger.before(last + length);
        merged.addAll(merger.take());
        merger.finish();
        merged.addAll(merger.take());
        assertThat(merged).isEqualTo(rule(segments, length));
    }
}
