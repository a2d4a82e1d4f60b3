package dev.parasol.pipeline;

import java.util.ArrayList;
import java.util.List;

/**
 * FunASR's {@code merge_vad}: every beginning and end of speech is a point where the recording may be cut, and from one cut on,
 * at first the recording's beginning, a piece goes on while the next point is nearer than the length that was asked for. Pauses
 * become part of the pieces; a stretch without any point that is longer stays whole; a single segment stays as it is. The
 * segments come one by one, in their order. Not thread-safe.
 */
final class SegmentMerger {
    private static final int NOWHERE = -1;

    private final long lengthMs;
    private long cut;
    private long last = NOWHERE;
    private Segment only;
    private int segments;
    private final List<Segment> merged = new ArrayList<>();

    /** @param lengthMs {@code merge_length_s} in milliseconds */
    SegmentMerger(long lengthMs) {
        this.lengthMs = lengthMs;
    }

    /** Goes on where another one was that had been given several segments, or none. */
    void restore(SourceState.Merger state) {
        cut = state.cut();
        last = state.last();
        only = state.latest();
        segments = only == null ? 0 : 2;
    }

    /** FunASR's {@code merge_vad} of all segments of a recording. */
    static List<Segment> merge(List<Segment> segments, long lengthMs) {
        if (segments.size() <= 1) {
            return List.copyOf(segments);
        }
        SegmentMerger merger = new SegmentMerger(lengthMs);
        segments.forEach(merger::add);
        merger.finish();
        return merger.take();
    }

    /** The next segment. */
    void add(Segment segment) {
        segments++;
        only = segment;
        point(segment.startMs());
        point(segment.endMs());
    }

    private void point(long ms) {
        if (ms != last) {
            before(ms);
            last = ms;
        }
    }

    /** No segment that will come begins or ends before {@code ms}: a piece that cannot go on so far has ended. */
    void before(long ms) {
        if (last != NOWHERE && ms - cut >= lengthMs) {
            end();
        }
    }

    private void end() {
        if (last > cut) {
            merged.add(new Segment(cut, last));
        }
        cut = last;
    }

    /** There are no more segments. */
    void finish() {
        if (last != NOWHERE) {
            end();
        }
    }

    /** The merged segments since the last call. While there was a {@link #single} segment, they hold only if another one comes. */
    List<Segment> take() {
        List<Segment> result = List.copyOf(merged);
        merged.clear();
        return result;
    }

    /** The only segment so far, which is not merged with the silence before it if it stays the only one; null when there were none or more. */
    Segment single() {
        return segments == 1 ? only : null;
    }

    /** The last point where it may be cut; -1 where there is none. */
    long last() {
        return last;
    }

    /** Where the piece begins that is not finished. */
    long cut() {
        return cut;
    }

    /** Whether speech belongs to the piece that is not finished. */
    boolean holdsSpeech() {
        return last > cut;
    }
}
