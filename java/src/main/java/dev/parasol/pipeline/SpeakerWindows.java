package dev.parasol.pipeline;

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
     * Samples of a recording.
     *
     * @param begin the first, counted from the recording's beginning
     * @param end behind the last one; fewer than {@link #WINDOW} where the segment is shorter, zeros taking the place of the others
     */
    record Window(long begin, long end) {}

    /** The windows of a segment, in their order. */
    static List<Window> of(Segment segment) {
        long first = segment.startMs() * MILLISECOND;
        long samples = segment.endMs() * MILLISECOND - first;
        List<Window> windows = new ArrayList<>();
        long before = 0;
        for (long begin = 0; begin < samples; begin += SHIFT) {
            long end = Math.min(begin + WINDOW, samples);
            if (end <= before) {
                break;
            }
            before = end;
            windows.add(new Window(first + Math.max(0, end - WINDOW), first + end));
        }
        return windows;
    }
}
