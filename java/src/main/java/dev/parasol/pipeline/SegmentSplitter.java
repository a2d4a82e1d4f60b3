package dev.parasol.pipeline;

import dev.parasol.weights.EndpointConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Divides segments that are longer than a limit, which FunASR's {@code batch_size_threshold_s} only seems to do. A cut is searched
 * within the last third before the limit: in the middle of the longest pause there, a pause being at least 100 ms whose smoothed
 * posterior of silence exceeds that of speech; where there is none, at the least energetic point. The pieces follow one another
 * without gap or overlap, and none is longer than the limit. Immutable and thread-safe.
 */
final class SegmentSplitter {
    /** Frames on each side that a posterior is smoothed over: single frames within a word are silent, too. */
    private static final int SMOOTHING = 3;
    /** Frames on each side of which the energy is taken: the stop of a plosive is shorter than that. */
    private static final int ENERGY = 7;
    private static final int LEAST_PAUSE = 10;
    private static final double EVEN = 0.5;

    private final int limit;

    /** @param limitMs the most that a piece may last, in milliseconds; at least 30 */
    SegmentSplitter(long limitMs) {
        this.limit = Math.toIntExact(limitMs / EndpointConfig.FRAME_MS);
        if (limit < 3) {
            throw new IllegalArgumentException("pieces of " + limitMs + " ms");
        }
    }

    /** @param frames hold those of the segment; beyond their last one everything is silent */
    List<Segment> split(Segment segment, FrameTrack frames) {
        List<Segment> pieces = new ArrayList<>();
        long start = segment.startMs();
        while (segment.endMs() - start > limitMs()) {
            long end = cut(start, segment.endMs(), frames);
            pieces.add(new Segment(start, end));
            start = end;
        }
        pieces.add(new Segment(start, segment.endMs()));
        return pieces;
    }

    /**
     * Where a piece ends that begins at {@code startMs} and does not end before the limit.
     *
     * @param endMs behind which frames are not looked at, so that it does not matter which of them are known
     */
    long cut(long startMs, long endMs, FrameTrack frames) {
        long start = startMs / EndpointConfig.FRAME_MS;
        long known = Math.min(endMs / EndpointConfig.FRAME_MS, frames.end());
        long from = start + limit - limit / 3;
        long to = Math.min(start + limit, known);
        if (to <= from) {
            return (start + limit) * EndpointConfig.FRAME_MS;
        }
        long pause = middleOfLongestPause(frames, from, to, known);
        long frame = pause >= 0 ? pause : leastEnergetic(frames, from, to, known);
        // A frame is 25 ms long: its middle is nearer to the next frame's beginning than to its own.
        return Math.min(frame + 1, start + limit) * EndpointConfig.FRAME_MS;
    }

    /** The most that a piece may last, in milliseconds. */
    long limitMs() {
        return (long) limit * EndpointConfig.FRAME_MS;
    }

    private static long middleOfLongestPause(FrameTrack frames, long from, long to, long known) {
        long middle = -1;
        long longest = LEAST_PAUSE - 1;
        long length = 0;
        for (long frame = from; frame < to; frame++) {
            length = frames.silence(frame - SMOOTHING, Math.min(frame + SMOOTHING + 1, known)) > EVEN ? length + 1 : 0;
            if (length > longest) {
                longest = length;
                middle = frame - length / 2;
            }
        }
        return middle;
    }

    private static long leastEnergetic(FrameTrack frames, long from, long to, long known) {
        long best = from;
        double least = Double.POSITIVE_INFINITY;
        for (long frame = from; frame < to; frame++) {
            double power = frames.power(frame - ENERGY, Math.min(frame + ENERGY + 1, known));
            if (power <= least) {
                least = power;
                best = frame;
            }
        }
        return best;
    }
}
