package dev.parasol.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A table that grows line by line while the work goes on, and its outcome. A line is a figure with its limit and a verdict.
 * Not thread-safe.
 */
public final class Report {
    private static final String LINE = "%-4s  %-58s  %-34s  %s%n";

    private final PrintStream out;
    private final List<String> failed = new ArrayList<>();
    private int passed;
    private int skipped;

    public Report(PrintStream out) {
        this.out = out;
    }

    /** Begins a part of the table. */
    public void section(String title) {
        out.println();
        out.println(title);
    }

    /** A line of text without a verdict. */
    public void note(String text) {
        out.println("      " + text);
    }

    /** A figure that must hold. */
    public void row(String what, String figure, String limit, boolean holds) {
        if (holds) {
            passed++;
        } else {
            failed.add(what);
        }
        print(holds ? "ok" : "FAIL", what, figure, limit);
    }

    /** A number that must not be larger than its limit; not a number fails. */
    public void atMost(String what, double figure, double limit) {
        row(what, scientific(figure), "at most " + scientific(limit), figure <= limit);
    }

    /** A figure without a limit. */
    public void figure(String what, String figure) {
        print("", what, figure, "");
    }

    /** Something that could not be looked at here. */
    public void skip(String what, String reason) {
        skipped++;
        print("skip", what, "", reason);
    }

    private void print(String verdict, String what, String figure, String limit) {
        out.print(String.format(Locale.ROOT, LINE, verdict, what, figure, limit).replaceAll(" +\n$", "\n"));
        out.flush();
    }

    /** Whether nothing has failed, and something was looked at. */
    public boolean good() {
        return failed.isEmpty() && passed > 0;
    }

    /** Prints the outcome in one line and gives the exit code: 0 when all held, 1 otherwise. */
    public int finish(String title) {
        out.println();
        String counts = passed + " passed, " + failed.size() + " failed, " + skipped + " skipped";
        if (good()) {
            out.println("PASS " + title + ": " + counts);
            return 0;
        }
        failed.forEach(what -> out.println("failed: " + what));
        out.println("FAIL " + title + ": " + counts);
        return 1;
    }

    /** {@code 1.2e-05}. */
    public static String scientific(double value) {
        return String.format(Locale.ROOT, "%.1e", value);
    }
}
