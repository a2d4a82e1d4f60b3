package dev.parasol.cli;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a subtitle shows at one time.
 *
 * @param startMs from when, in milliseconds
 * @param endMs until when
 * @param lines without blanks at their ends, at least one, each on one line of a file
 * @param speaker who says it, counted from 0, where that is known
 */
record Cue(long startMs, long endMs, List<String> lines, OptionalInt speaker) {
    Cue {
        lines = List.copyOf(lines);
    }
}
