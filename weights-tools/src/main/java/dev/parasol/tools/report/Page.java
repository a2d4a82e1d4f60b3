package dev.parasol.tools.report;

import java.util.Base64;
import java.util.List;

/** A page that needs nothing but a browser: headings, tables, and pictures within it. Not thread-safe. */
public final class Page {
    private static final String STYLE = """
            <style>
            body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1250px; padding: 0 1rem; color: #222; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
            th, td { padding: .2rem .45rem; border-bottom: 1px solid #ddd; text-align: right; white-space: nowrap; }
            th:first-child, td:first-child { text-align: left; }
            img { max-width: 100%; height: auto; }
            </style></head><body>
            """;

    private final StringBuilder html;

    public Page(String title) {
        html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>").append(escaped(title)).append("</title>").append(STYLE)
                .append("<h1>").append(escaped(title)).append("</h1>\n");
    }

    public Page heading(String text) {
        html.append("<h2>").append(escaped(text)).append("</h2>\n");
        return this;
    }

    public Page paragraph(String text) {
        html.append("<p>").append(escaped(text)).append("</p>\n");
        return this;
    }

    /** The first column holds names, the others numbers. */
    public Page table(List<String> columns, List<List<String>> rows) {
        html.append("<div class=\"wide\"><table><thead><tr>");
        columns.forEach(column -> html.append("<th>").append(escaped(column)).append("</th>"));
        html.append("</tr></thead><tbody>\n");
        for (List<String> row : rows) {
            html.append("<tr>");
            row.forEach(cell -> html.append("<td>").append(escaped(cell)).append("</td>"));
            html.append("</tr>\n");
        }
        html.append("</tbody></table></div>\n");
        return this;
    }

    public Page picture(String what, byte[] png) {
        html.append("<h2>").append(escaped(what)).append("</h2>\n<img alt=\"").append(escaped(what)).append("\" src=\"data:image/png;base64,")
                .append(Base64.getEncoder().encodeToString(png)).append("\">\n");
        return this;
    }

    /** All of it. */
    public String html() {
        return html + "</body></html>\n";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
