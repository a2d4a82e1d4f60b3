package dev.parasol.model;

import java.util.Locale;

/** The forecast of a component for people: a title, then a row for each amount of bytes. */
final class ForecastRows {
    private final StringBuilder text;

    ForecastRows(String title) {
        text = new StringBuilder(String.format(Locale.ROOT, "%n%-44s%15s%10s%10s%n", title, "bytes", "MB", "MiB"));
    }

    void add(String name, long bytes) {
        text.append(String.format(Locale.ROOT, "  %-46s%11d%10.2f%10.2f%n", name, bytes, bytes / 1e6, bytes / 1048576.0));
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
