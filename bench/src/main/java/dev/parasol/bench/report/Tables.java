package dev.parasol.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parasol.bench.account.Accounting;
import dev.parasol.bench.account.Work;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Tables of everything that was measured, and of what the pass must do. */
final class Tables {
    private static final int UTTERANCES = 30;
    private static final int FRAMES = 167;
    private static final int TOKENS = 50;

    private Tables() {}

    /** Times of a group's entries. */
    static void timings(Markdown out, Results results, String group) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode entry : results.group(group)) {
            rows.add(List.of(entry.path("name").asText(), entry.path("variant").asText(), entry.path("shape").asText(), time(entry),
                    Markdown.number("%.2f", entry.path("flushed_us").asDouble(Double.NaN)), rate(entry), share(entry), check(entry)));
        }
        table(out, List.of("what", "version", "shape", "µs (10th to 90th percentile)", "alone, cache flushed, µs", "rate", "share of the roofline", "error"), rows);
    }

    /** Passes: speed, tokens, launches. */
    static void passes(Markdown out, Results results, String group) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode entry : results.group(group)) {
            rows.add(List.of(entry.path("name").asText(), entry.path("variant").asText(), entry.path("shape").asText(), time(entry),
                    Markdown.number("%.0f", entry.path("rtfx").asDouble(Double.NaN)), share(entry), Markdown.number("%.2f", entry.path("tokens_s").asDouble(Double.NaN)),
                    entry.path("launches").asText(), check(entry)));
        }
        table(out, List.of("what", "version", "batch", "µs (10th to 90th percentile)", "times real time", "share of the roofline", "tokens a second of audio", "launches", "share of ids that differ"),
                rows);
    }

    /** Single numbers. */
    static void values(Markdown out, Results results, String group) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode entry : results.group(group)) {
            rows.add(List.of(entry.path("name").asText(), entry.path("variant").asText(), entry.path("shape").asText(),
                    entry.has("value") ? Markdown.number("%.6g", entry.path("value").asDouble()) + " " + entry.path("unit").asText()
                            : entry.has("median_us") ? time(entry) + " µs" : entry.path("skipped").asText(),
                    check(entry)));
        }
        table(out, List.of("what", "version", "batch", "value", "error"), rows);
    }

    private static void table(Markdown out, List<String> header, List<List<String>> rows) {
        if (rows.isEmpty()) {
            out.paragraph(Goals.EMPTY);
        } else {
            out.table(header, rows);
        }
    }

    private static String time(JsonNode entry) {
        if (!entry.has("median_us")) {
            return entry.path("skipped").asText("");
        }
        return Markdown.number("%.2f", entry.path("median_us").asDouble()) + " (" + Markdown.number("%.2f", entry.path("p10_us").asDouble()) + " to "
                + Markdown.number("%.2f", entry.path("p90_us").asDouble()) + ")";
    }

    private static String rate(JsonNode entry) {
        if (entry.path("flops").asDouble() > 0 && entry.has("tflop_s")) {
            return Markdown.number("%.4g TFLOP/s", entry.path("tflop_s").asDouble());
        }
        return Markdown.number("%.4g GB/s", entry.path("gb_s").asDouble(Double.NaN));
    }

    private static String share(JsonNode entry) {
        double share = entry.path("roofline_share").asDouble(Double.NaN);
        return Double.isNaN(share) ? "" : Markdown.percent(share) + " of " + entry.path("bound").asText();
    }

    private static String check(JsonNode entry) {
        JsonNode check = entry.path("check");
        return check.isMissingNode() ? "" : Markdown.number("%.1e", check.path("error").asDouble()) + (check.path("ok").asBoolean() ? "" : " WRONG");
    }

    /** The floating-point work and the bytes of each layer of paraformer-large over 300 s of audio; needs no device. */
    static void accounting(Markdown out) {
        int[] frames = new int[UTTERANCES];
        int[] tokens = new int[UTTERANCES];
        Arrays.fill(frames, FRAMES);
        Arrays.fill(tokens, TOKENS);
        ModelFolder folder = ModelFolder.open("synth:paraformer-large");
        Accounting pass = new Accounting(folder.config(), folder.vocabulary().size(), frames, tokens);
        out.paragraph("Computed, not measured: " + UTTERANCES + " utterances of 10 s (" + UTTERANCES * FRAMES + " frames, " + UTTERANCES * TOKENS
                + " tokens) in fp16. The steps' bytes count every input of a step read once and every output written once; the ideal keeps a layer on chip but for its weights, "
                + "its input and its output. In all " + Markdown.number("%.1f", pass.flops() / 1e9) + " GFLOP, " + Markdown.number("%.2f", pass.flops() / 300 / 1e9)
                + " for a second of audio.");
        List<List<String>> rows = new ArrayList<>();
        Map<String, Double> ideal = pass.idealByLayer();
        for (Work layer : pass.byLayer().values()) {
            if (layer.layer().matches("encoder ([2-9]|[1-3]\\d|4[0-8])|decoder ([1-9]|1[0-5])")) {
                continue;
            }
            rows.add(row(layer.layer(), layer.flops(), layer.bytes(), ideal.get(layer.layer())));
        }
        rows.add(row("all layers", pass.flops(), pass.bytes(), pass.idealBytes()));
        out.table(List.of("layer (those left out are like the one before)", "GFLOP", "MB moved by its steps", "MB in the ideal", "moved over ideal", "FLOP a byte moved"), rows);
        List<List<String>> steps = new ArrayList<>();
        for (Work step : pass.steps()) {
            if (step.layer().equals("encoder 1")) {
                steps.add(row(step.operation(), step.flops(), step.bytes(), Double.NaN));
            }
        }
        out.paragraph("The steps of one encoder layer:");
        out.table(List.of("step", "GFLOP", "MB moved", "", "", "FLOP a byte moved"), steps);
    }

    private static List<String> row(String name, double flops, double bytes, double ideal) {
        return List.of(name, Markdown.number("%.3f", flops / 1e9), Markdown.number("%.2f", bytes / 1e6), Markdown.number("%.2f", ideal / 1e6),
                Markdown.number("%.2f", bytes / ideal), Markdown.number("%.0f", flops / bytes));
    }
}
