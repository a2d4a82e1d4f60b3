package dev.parasol.tools.compare;

import dev.parasol.tools.report.Page;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** A comparison as one page that needs nothing but a browser. */
public final class ComparisonPage {
    private ComparisonPage() {}

    /** The page. */
    public static String html(Comparison comparison) throws IOException {
        Page page = new Page("Comparison of models").paragraph(String.format(Locale.ROOT, "%d recordings, %.1f s. Intervals by bootstrap over recordings;"
                + " more errors than the first model in points, the same recordings drawn for both.", comparison.recordings(), comparison.seconds()));
        page.table(ComparisonText.COLUMNS, ComparisonText.rows(comparison));
        if (comparison.first().error() != null) {
            page.picture("Errors by size", ComparisonPlots.pareto(comparison, true));
        }
        page.picture("Divergence by size", ComparisonPlots.pareto(comparison, false));
        page.picture("Signal over noise by stage", ComparisonPlots.stages(comparison));
        for (Comparison.Other other : comparison.others()) {
            page.heading(other.contender().name());
            if (other.apart() > 0) {
                page.paragraph("The decoder's stages without " + other.apart() + " recordings in which the numbers of tokens differ.");
            }
            page.table(List.of("stage", "signal over noise, dB", "cosine"), other.stages().entrySet().stream().map(stage -> List.of(stage.getKey(),
                    String.format(Locale.ROOT, "%.1f", stage.getValue().decibels()), String.format(Locale.ROOT, "%.6f", stage.getValue().cosine()))).toList());
        }
        return page.html();
    }
}
