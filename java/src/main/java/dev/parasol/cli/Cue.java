package dev.parasol.cli;

import java.util.List;

/**
 * What a subtitle shows at one time.
 *
 * @param startMs from when, in milliseconds
 * @param endMs until when
 * @param lines without blanks at their ends, at least one, each on one line of a file
 */
record Cue(long startMs, long endMs, List<String> lines) {
    Cue {
        lines = List.copyOf(lines);
    }
}
