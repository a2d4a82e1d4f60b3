package dev.parasol.tools.compare;

import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** A comparison as one page that needs nothing but a browser. */
public final class ComparisonPage {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Comparison of models</title><style>
            body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1250px; padding: 0 1rem; color: #222; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
            th, td { padding: .2rem .45rem; border-bottom: 1px solid #ddd; text-align: right; white-space: nowrap; }
            th:first-child, td:first-child { text-align: left; }
            img { max-width: 100%; height: auto; }
            </style></head><body>
            """;

    private ComparisonPage() {}

    /** The page. */
    public static String html(Comparison comparison) throws IOException {
        StringBuilder page = new StringBuilder(HEAD);
        page.append("<h1>Comparison of models</h1>\n<p>").append(String.format(Locale.ROOT, "%d recordings, %.1f s", comparison.recordings(), comparison.seconds()))
                .append(". Intervals by bootstrap over recordings; more errors than the first model in points, the same recordings drawn for both.</p>\n");
        table(page, ComparisonText.COLUMNS, ComparisonText.rows(comparison));
        if (comparison.first().error() != null) {
            image(page, "Errors by size", ComparisonPlots.pareto(comparison, true));
        }
        image(page, "Divergence by size", ComparisonPlots.pareto(comparison, false));
        image(page, "Signal over noise by stage", ComparisonPlots.stages(comparison));
        for (Comparison.Other other : comparison.others()) {
            page.append("<h2>").append(escaped(other.contender().name())).append("</h2>\n");
            if (other.apart() > 0) {
                page.append("<p>The decoder's stages without ").append(other.apart()).append(" recordings in which the numbers of tokens differ.</p>\n");
            }
            table(page, List.of("stage", "signal over noise, dB", "cosine"), other.stages().entrySet().stream().map(stage -> List.of(stage.getKey(),
                    String.format(Locale.ROOT, "%.1f", stage.getValue().decibels()), String.format(Locale.ROOT, "%.6f", stage.getValue().cosine()))).toList());
        }
        return page.append("</body></html>\n").toString();
    }

    private static void table(StringBuilder page, List<String> columns, List<List<String>> rows) {
        page.append("<div class=\"wide\"><table><thead><tr>");
        columns.forEach(column -> page.append("<th>").append(escaped(column)).append("</th>"));
        page.append("</tr></thead><tbody>\n");
        for (List<String> row : rows) {
            page.append("<tr>");
            row.forEach(cell -> page.append("<td>").append(escaped(cell)).append("</td>"));
            page.append("</tr>\n");
        }
        page.append("</tbody></table></div>\n");
    }

    private static void image(StringBuilder page, String what, byte[] png) {
        page.append("<h2>").append(what).append("</h2>\n<img alt=\"").append(what).append("\" src=\"data:image/png;base64,")
                .append(Base64.getEncoder().encodeToString(png)).append("\">\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
