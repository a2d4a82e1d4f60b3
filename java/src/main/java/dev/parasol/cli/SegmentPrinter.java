package dev.parasol.cli;

import dev.parasol.pipeline.TranscriptSegment;
import java.io.PrintStream;

/** Prints segments as soon as they are known: {@code [00:00:01.230 --> 00:00:04.560] text}, or one JSON object a line. */
final class SegmentPrinter {
    private final PrintStream out;
    private final boolean json;
    private final boolean timed;
    private final boolean names;

    /**
     * @param json whether as JSON
     * @param timed whether JSON has words with their times
     * @param names whether lines of text begin with the file's name
     */
    SegmentPrinter(PrintStream out, boolean json, boolean timed, boolean names) {
        this.out = out;
        this.json = json;
        this.timed = timed;
        this.names = names;
    }

    /** @param name the path as the user gave it */
    void print(String name, TranscriptSegment segment) {
        if (json) {
            out.println(TranscriptJson.of(name, segment, timed));
        } else if (!segment.text().isEmpty()) {
            out.println((names ? Printable.of(name) + ": " : "") + "[" + SubtitleFiles.time(segment.startMs(), '.') + " --> "
                    + SubtitleFiles.time(segment.endMs(), '.') + "] " + Printable.of(segment.text()));
        }
        out.flush();
    }
}
