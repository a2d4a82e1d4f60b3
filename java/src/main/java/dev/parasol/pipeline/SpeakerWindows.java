package dev.parasol.pipeline;

import dev.parasol.audio.AudioClip;
import java.util.ArrayList;
import java.util.List;

/** The windows of speech that have an embedding each, as FunASR cuts them: 1.5 s long, one every 0.75 s, the last one ending with its segment. */
final class SpeakerWindows {
    /** Samples of a window. */
    static final int WINDOW = 24_000;
    /** Samples from one window to the next. */
    static final int SHIFT = 12_000;

    private static final int MILLISECOND = 16;

    private SpeakerWindows() {}

    /**
     * Samples of a segment.
     *
     * @param segmentMs where the segment begins, in milliseconds
     * @param from the first sample, counted from there
     * @param to behind the last one; fewer than {@link #WINDOW} where the segment is shorter, zeros taking the place of the others
     */
    record Window(long segmentMs, long from, long to) {
        /** The first sample, counted from the recording's beginning. */
        long begin() {
            return segmentMs * MILLISECOND + from;
        }

        /** Behind the last sample, counted from the recording's beginning. */
        long end() {
            return segmentMs * MILLISECOND + to;
        }

        /** Where it begins, in seconds and rounded as FunASR computes it. */
        double start() {
            return (double) from / AudioClip.SAMPLE_RATE + segmentMs / 1000.0;
        }

        /** Where it ends, in seconds and rounded as FunASR computes it. */
        double stop() {
            return (double) to / AudioClip.SAMPLE_RATE + segmentMs / 1000.0;
        }
    }

    /** The windows of a segment, in their order. */
    static List<Window> of(Segment segment) {
        long samples = segment.lengthMs() * MILLISECOND;
        List<Window> windows = new ArrayList<>();
        long before = 0;
        for (long begin = 0; begin < samples; begin += SHIFT) {
            long end = Math.min(begin + WINDOW, samples);
            if (end <= before) {
                break;
            }
            before = end;
            windows.add(new Window(segment.startMs(), Math.max(0, end - WINDOW), end));
        }
        return windows;
    }
}
