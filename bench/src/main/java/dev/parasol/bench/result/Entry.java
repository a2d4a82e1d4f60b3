package dev.parasol.bench.result;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/**
 * One measurement, put together step by step; the fields are those that bench/results/README.md describes. Not thread-safe.
 */
public final class Entry {
    private static final double TERA = 1e12;
    private static final double GIGA = 1e9;

    private final ObjectNode node = JsonNodeFactory.instance.objectNode();
    private final StringBuilder text = new StringBuilder();

    private Entry(String group, String name, String variant, String shape) {
        node.put("group", group).put("name", name).put("variant", variant).put("shape", shape);
        String title = String.join(" ", name, variant, shape).strip().replaceAll(" +", " ");
        text.append(String.format(Locale.ROOT, "%-58s", title));
    }

    /**
     * A measurement.
     *
     * @param group the part of the run: ceiling, kernel, model, latency, launch, memory
     * @param name what was measured
     * @param variant which version of it, or an empty text
     * @param shape its size, or an empty text
     */
    public static Entry of(String group, String name, String variant, String shape) {
        return new Entry(group, name, variant, shape);
    }

    /** The time of one launch or pass. */
    public Entry timing(Timing timing) {
        node.put("median_us", timing.median()).put("p10_us", timing.low()).put("p90_us", timing.high()).put("samples", timing.samples());
        text.append(String.format(Locale.ROOT, " %11.2f us (%.2f to %.2f)", timing.median(), timing.low(), timing.high()));
        return this;
    }

    /** A second way of timing the same: one launch at a time between events, the cache overwritten before it. */
    public Entry flushed(Timing timing) {
        node.put("flushed_us", timing.median()).put("flushed_p10_us", timing.low()).put("flushed_p90_us", timing.high());
        text.append(String.format(Locale.ROOT, " alone %.2f us", timing.median()));
        return this;
    }

    /** What was done in the time given before, and its share of the roofline where the ceilings are known. */
    public Entry work(double flops, double bytes, Ceilings ceilings) {
        node.put("flops", flops).put("bytes", bytes);
        double seconds = node.path("median_us").asDouble() * 1e-6;
        if (flops > 0) {
            node.put("tflop_s", flops / seconds / TERA);
            text.append(String.format(Locale.ROOT, " %8.3f TFLOP/s", flops / seconds / TERA));
        }
        node.put("gb_s", bytes / seconds / GIGA);
        text.append(String.format(Locale.ROOT, " %9.2f GB/s", bytes / seconds / GIGA));
        if (ceilings != null) {
            double share = ceilings.share(flops, bytes, seconds * 1e6);
            node.put("roofline_share", share).put("bound", ceilings.memoryBound(flops, bytes) ? "memory" : "arithmetic");
            text.append(String.format(Locale.ROOT, " %5.1f %% of %s", 100 * share, ceilings.memoryBound(flops, bytes) ? "copy" : "product"));
        }
        return this;
    }

    /** The error against a reference in double precision, and what it may be. */
    public Entry check(double error, double limit) {
        boolean holds = error <= limit;
        node.putObject("check").put("error", Double.isFinite(error) ? error : -1).put("limit", limit).put("ok", holds);
        text.append(String.format(Locale.ROOT, " error %.1e %s", error, holds ? "ok" : "WRONG (limit " + limit + ")"));
        return this;
    }

    /** A single number of any unit. */
    public Entry value(double value, String unit) {
        node.put("value", value).put("unit", unit);
        text.append(String.format(Locale.ROOT, " %12.4g %s", value, unit));
        return this;
    }

    /** A further number under a name of its own. */
    public Entry extra(String key, double value) {
        node.put(key, value);
        text.append(String.format(Locale.ROOT, " %s %.4g", key, value));
        return this;
    }

    /** Why there is no number. */
    public Entry skipped(String reason) {
        node.put("skipped", reason);
        text.append(" skipped: ").append(reason);
        return this;
    }

    /** Whether a check was made and did not hold. */
    public boolean wrong() {
        return node.has("check") && !node.path("check").path("ok").asBoolean();
    }

    ObjectNode node() {
        return node;
    }

    String line() {
        return text.toString();
    }
}
