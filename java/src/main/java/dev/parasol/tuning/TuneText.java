package dev.parasol.tuning;

import dev.parasol.memory.MemoryReport;
import java.util.Locale;

/** A tuner's result as text for people, and as options in FunASR's YAML. */
public final class TuneText {
    private TuneText() {}

    /** The heading of {@link #row}. */
    public static String heading() {
        return String.format(Locale.ROOT, "%12s %14s %20s %9s %9s %12s %12s", "batch_size_s", "audio s per s", "slowest to fastest", "p50 s", "p95 s", "activations", "held in all");
    }

    /** One point. */
    public static String row(TunePoint point) {
        return String.format(Locale.ROOT, "%12.0f %14.1f %20s %9.3f %9.3f %12s %12s%s", point.batchSeconds(), point.throughput(),
                String.format(Locale.ROOT, "%.1f to %.1f", point.slowest(), point.fastest()), point.latencyP50(), point.latencyP95(),
                MemoryReport.size(point.measuredPeak()), MemoryReport.size(point.held()), point.shrunk() ? " memory was short" : "");
    }

    /** The balance and why the search ended there. */
    public static String balance(TuneResult result) {
        TunePoint point = result.balancePoint();
        return String.format(Locale.ROOT, "balance: batch_size_s %.0f on %s in %s: %.1f s of audio in a second (real-time factor %.4f), 95 %% of answers within %.3f s, %s held; %s",
                point.batchSeconds(), result.device(), point.precision(), point.throughput(), point.rtf(), point.latencyP95(), MemoryReport.size(point.held()),
                result.stopped());
    }

    /** One candidate. */
    public static String candidate(TuneResult result, TuneCandidate candidate) {
        boolean recommended = result.recommended() >= 0 && candidate == result.candidates().get(result.recommended());
        return String.format(Locale.ROOT, "%s in %s: %.2f %% errors (%d of %d, 95 %% interval %.2f to %.2f), %.1f s of audio in a second, %s held%s%s",
                candidate.model(), candidate.point().precision(), candidate.errors().percent(), candidate.errors().errors(), candidate.errors().units(),
                candidate.errors().low(), candidate.errors().high(), candidate.point().throughput(), MemoryReport.size(candidate.point().held()),
                candidate.accepted() ? "" : String.format(Locale.ROOT, ", beyond the budget of %.2f points", result.errorBudget()),
                recommended ? ", recommended" : "");
    }

    /** What {@code transcribe --config} takes; the rest stands in comments. */
    public static String yaml(TuneResult result) {
        StringBuilder text = new StringBuilder();
        comment(text, balance(result));
        comment(text, "model: " + result.model());
        if (result.recommended() >= 0) {
            TuneCandidate candidate = result.candidates().get(result.recommended());
            comment(text, "recommended: --model " + candidate.model() + " --precision " + candidate.point().precision());
        }
        return text.append(String.format(Locale.ROOT, "batch_size_s: %.0f%n", result.balancePoint().batchSeconds())).toString();
    }

    /** A name may hold anything, and nothing of it may be taken for an option. */
    private static void comment(StringBuilder text, String line) {
        text.append("# ").append(line.replaceAll("\\p{Cntrl}", "?")).append('\n');
    }
}
