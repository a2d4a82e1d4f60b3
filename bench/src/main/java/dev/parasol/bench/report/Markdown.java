package dev.parasol.bench.report;

import java.util.List;
import java.util.Locale;

/** Text in Markdown, put together line by line. Not thread-safe. */
final class Markdown {
    private final StringBuilder text = new StringBuilder();

    void heading(int level, String title) {
        text.append("#".repeat(level)).append(' ').append(title).append("\n\n");
    }

    void paragraph(String line) {
        text.append(line).append("\n\n");
    }

    void table(List<String> header, List<List<String>> rows) {
        line(header);
        text.append("|").append("---|".repeat(header.size())).append('\n');
        rows.forEach(this::line);
        text.append('\n');
    }

    private void line(List<String> cells) {
        text.append("| ").append(String.join(" | ", cells.stream().map(cell -> cell.replace("|", "\\|")).toList())).append(" |\n");
    }

    static String number(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "";
    }

    static String percent(double share) {
        return number("%.1f %%", 100 * share);
    }

    @Override
    public String toString() {
        return text.toString().strip() + "\n";
    }
}
