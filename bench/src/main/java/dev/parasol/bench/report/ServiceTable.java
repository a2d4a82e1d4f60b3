package dev.parasol.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** A service by its number of callers, from files to texts, and what bounds it. */
final class ServiceTable {
    /** A device that waits less is what bounds the whole. */
    private static final double BUSY = 0.1;
    private static final double MIB = 1 << 20;

    private ServiceTable() {}

    static void write(Markdown out, Results results) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode entry : results.group("service")) {
            if (entry.has("skipped")) {
                rows.add(List.of(entry.path("shape").asText(), entry.path("skipped").asText(), "", "", "", "", "", "", ""));
                continue;
            }
            double idle = entry.path("device_idle_share").asDouble();
            rows.add(List.of(entry.path("shape").asText(), Markdown.number("%.0f", entry.path("rtfx").asDouble()), Markdown.number("%.6f", entry.path("rtf").asDouble()),
                    Markdown.number("%.2f", entry.path("latency_p50_ms").asDouble()) + ", " + Markdown.number("%.2f", entry.path("latency_p95_ms").asDouble()),
                    entry.path("batches").asText().replaceAll("\\.0$", "") + ", " + Markdown.number("%.1f s", entry.path("largest_batch_s").asDouble()),
                    Markdown.percent(idle), Markdown.number("%.1f", entry.path("host_cores").asDouble()), idle < BUSY ? "the device" : "the host",
                    Markdown.number("%.1f", entry.path("held_bytes").asDouble() / MIB) + " of " + Markdown.number("%.1f", entry.path("held_limit_bytes").asDouble() / MIB)
                            + (entry.path("held_bytes").asLong() <= entry.path("held_limit_bytes").asLong() ? "" : ", OVER THE LIMIT")
                            + (entry.path("planned_bytes").asLong() == entry.path("measured_bytes").asLong() ? "" : ", NOT AS PLANNED")
                            + (entry.path("check").path("ok").asBoolean() ? "" : ", WRONG TEXTS")));
        }
        if (rows.isEmpty()) {
            out.paragraph(Goals.EMPTY);
            return;
        }
        out.paragraph("From files to texts, the host's work included; each caller waits for its answer before it asks again. Where the device waits for a tenth of the time or more, "
                + "the host bounds the whole: its callers, files and batches. Memory is at most the weights and two full batches, whatever the number of callers.");
        out.table(List.of("callers", "times real time", "RTF", "latency p50, p95, ms", "batches, audio in the largest", "the device waited", "processors busy", "bound by",
                "device memory held, MiB"), rows);
    }
}
