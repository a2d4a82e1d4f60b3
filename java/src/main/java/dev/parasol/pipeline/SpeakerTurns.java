package dev.parasol.pipeline;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who speaks when in a recording. Turns come from windows by FunASR's rules: neighbours of one speaker are one turn, where turns overlap
 * the border is in the middle, and a turn of less than 0.7 s is given to whoever is nearer. Immutable.
 */
public final class SpeakerTurns {
    private static final double OVERLAP = 1e-4;
    private static final double SHORTEST = 0.7;

    private final List<SpeakerTurn> turns;

    private SpeakerTurns(List<SpeakerTurn> turns) {
        this.turns = List.copyOf(turns);
    }

    /** A turn that is being made; times in seconds, as FunASR has them. */
    private static final class Turn {
        private double start;
        private double end;
        private int speaker;

        Turn(double start, double end, int speaker) {
            this.start = start;
            this.end = end;
            this.speaker = speaker;
        }
    }

    /** The turns of windows, in the order of their beginnings, with a speaker for each. */
    static SpeakerTurns of(List<SpeakerWindows.Window> windows, int[] speakers) {
        List<Turn> turns = new ArrayList<>();
        for (int i = 0; i < windows.size(); i++) {
            turns.add(new Turn(windows.get(i).start(), windows.get(i).stop(), speakers[i]));
        }
        turns = joined(turns);
        for (int i = 1; i < turns.size(); i++) {
            Turn before = turns.get(i - 1);
            Turn turn = turns.get(i);
            if (before.end > turn.start + OVERLAP) {
                before.end = turn.start = (turn.start + before.end) / 2;
            }
        }
        return new SpeakerTurns(smooth(turns).stream().map(turn -> new SpeakerTurn(Math.round(turn.start * 1000), Math.round(turn.end * 1000), turn.speaker)).toList());
    }

    private static List<Turn> joined(List<Turn> turns) {
        List<Turn> joined = new ArrayList<>();
        for (Turn turn : turns) {
            Turn last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last == null || turn.speaker != last.speaker || turn.start > last.end) {
                joined.add(turn);
            } else {
                last.end = turn.end;
            }
        }
        return joined;
    }

    private static List<Turn> smooth(List<Turn> turns) {
        if (turns.size() < 2) {
            return turns;
        }
        for (int i = 0; i < turns.size(); i++) {
            Turn turn = turns.get(i);
            turn.start = rounded(turn.start);
            turn.end = rounded(turn.end);
            if (turn.end - turn.start < SHORTEST) {
                Turn before = i == 0 ? null : turns.get(i - 1);
                Turn after = i + 1 == turns.size() ? null : turns.get(i + 1);
                boolean earlier = after == null || before != null && turn.start - before.end <= after.start - turn.end;
                turn.speaker = (earlier ? before : after).speaker;
            }
        }
        return joined(turns);
    }

    /** To hundredths of a second, as Python rounds: what the double stands for, exactly, half to even. */
    private static double rounded(double seconds) {
        return new BigDecimal(seconds).setScale(2, RoundingMode.HALF_EVEN).doubleValue();
    }

    /** The turns, in their order. */
    public List<SpeakerTurn> turns() {
        return turns;
    }

    /** How many speak. */
    public int speakers() {
        return (int) turns.stream().mapToInt(SpeakerTurn::speaker).distinct().count();
    }

    /**
     * Who speaks for the longest time from {@code startMs} to {@code endMs}; of several the one who begins; 0 where nobody speaks. FunASR
     * counts a turn twice that it finds first, and so prefers who begins even where another speaks longer.
     */
    public int speakerOf(long startMs, long endMs) {
        Map<Integer, Long> times = new HashMap<>();
        for (SpeakerTurn turn : turns) {
            times.merge(turn.speaker(), Math.max(0, Math.min(endMs, turn.endMs()) - Math.max(startMs, turn.startMs())), Long::sum);
        }
        int speaker = 0;
        long longest = 0;
        for (SpeakerTurn turn : turns) {
            if (times.get(turn.speaker()) > longest && turn.endMs() > startMs) {
                longest = times.get(turn.speaker());
                speaker = turn.speaker();
            }
        }
        return speaker;
    }
}
