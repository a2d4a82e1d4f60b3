package dev.parasol.pipeline;

import java.util.Arrays;

/**
 * Pauses by energy alone, for recordings without a detector of voices: frames whose level is nearer to that of the quietest
 * hundredth of a stretch than to that of its loudest tenth. Where the two hardly differ nothing is known of pauses. Immutable.
 */
final class EnergyPauses {
    /** Frames on each side that levels are smoothed over. */
    private static final int SMOOTHING = 3;
    /** Shares of the frames that are as quiet as pauses, and as loud as speech, at least. */
    private static final double QUIET = 0.01;
    private static final double LOUD = 0.1;
    /** Decibels between loud and quiet below which all is one level. */
    private static final double LEAST_RANGE = 10;
    /** Decibels below loud that need not be told apart: recordings have gaps without any sound. */
    private static final double MOST_RANGE = 60;
    /** Where in the range from quiet to loud silence ends. */
    private static final double SILENCE = 0.3;
    private static final double FLOOR = 1e-12;
    /** Frames of a pause that go with what follows, as many as FunASR's detector looks back. */
    private static final int LEAD = 20;

    private final long from;
    private final boolean[] quiet;

    /** The pauses of the frames from {@code from} up to {@code to}, which are held. */
    EnergyPauses(FrameTrack frames, long from, long to) {
        this.from = from;
        double[] levels = new double[(int) (to - from)];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = 10 * Math.log10(FLOOR + frames.power(Math.max(from, from + i - SMOOTHING), Math.min(to, from + i + SMOOTHING + 1)));
        }
        double[] sorted = levels.clone();
        Arrays.sort(sorted);
        quiet = new boolean[levels.length];
        if (levels.length == 0) {
            return;
        }
        double high = sorted[(int) ((1 - LOUD) * (sorted.length - 1))];
        double low = Math.max(high - MOST_RANGE, sorted[(int) (QUIET * (sorted.length - 1))]);
        for (int i = 0; i < levels.length; i++) {
            quiet[i] = high - low >= LEAST_RANGE && levels[i] < low + SILENCE * (high - low);
        }
    }

    /**
     * Where to cut the first pause of at least {@code frames} frames before which there was sound: shortly before its end, for models
     * that were trained on utterances mistake their first word behind long silence. -1 where there is none.
     */
    long first(int frames) {
        int at = 0;
        while (at < quiet.length && quiet[at]) {
            at++;
        }
        while (at < quiet.length) {
            int end = end(at);
            if (end - at >= frames) {
                return from + Math.max((at + end) / 2, end - LEAD);
            }
            at = Math.max(end, at + 1);
        }
        return -1;
    }

    /** The middle of the longest pause within {@code after} and {@code before}, of at least {@code frames} frames there; -1 where there is none. */
    long longest(long after, long before, int frames) {
        long middle = -1;
        int longest = frames - 1;
        int last = (int) (before - from);
        int at = (int) (after - from);
        while (at < last) {
            int end = Math.min(end(at), last);
            if (end - at > longest) {
                longest = end - at;
                middle = from + (at + end) / 2;
            }
            at = Math.max(end, at + 1);
        }
        return middle;
    }

    /** Behind the pause that goes on at {@code at}; {@code at} itself where there is none. */
    private int end(int at) {
        int end = at;
        while (end < quiet.length && quiet[end]) {
            end++;
        }
        return end;
    }
}
