package dev.parasol.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** The figures that have goals. Only results of a GPU fill their places. */
final class Goals {
    /** Stands where there is no figure. */
    static final String EMPTY = "not measured: no GPU result";

    private final Results gpu;
    private final List<List<String>> rows = new ArrayList<>();

    Goals(Results gpu) {
        this.gpu = gpu;
    }

    void write(Markdown out) {
        out.heading(2, "Goals");
        for (String shape : List.of("6000x1536x512", "6000x512x512", "6000x2048x512", "6000x512x2048")) {
            product(shape, shape.equals("6000x2048x512") ? "relu" : shape.endsWith("1536x512") ? "bias" : "residual");
        }
        for (String shape : List.of("6000x1536x512", "6000x512x512", "6000x2048x512", "6000x512x2048")) {
            int8Product(shape, shape.equals("6000x2048x512") ? "relu, int8" : shape.endsWith("1536x512") ? "bias" : "residual");
        }
        for (int segment : new int[] {83, 250, 1000}) {
            attention(segment);
        }
        throughput("30x10s");
        throughput("ragged300s");
        int8Throughput("30x10s");
        latency();
        memory();
        launches();
        out.table(List.of("figure", "goal", "Parasol", "best peer", "share of the roofline", "reached"), rows);
    }

    /** The epilogue that the layer has at this shape, against the best product of the peers with the same or less of an epilogue. */
    private void product(String shape, String epilogue) {
        Predicate<JsonNode> name = entry -> entry.path("name").asText().equals("gemm");
        Optional<JsonNode> own = gpu.quickest("kernel", shape, name.and(entry -> !Results.peer(entry) && entry.path("variant").asText().endsWith(epilogue)));
        Optional<JsonNode> peer = gpu.quickest("kernel", shape, name.and(Results::peer).and(entry -> covers(entry.path("variant").asText(), epilogue)));
        compare("GEMM " + shape + ", " + epilogue + ", µs", "at most cuBLAS with its epilogue", own, peer, "median_us", 1);
    }

    /** In int8, with the epilogue that the layer has at this shape; the peer has one scale a row where Parasol has one for each 128 columns of it. */
    private void int8Product(String shape, String epilogue) {
        Predicate<JsonNode> name = entry -> entry.path("name").asText().equals("gemm_s8") && entry.path("variant").asText().endsWith(epilogue);
        compare("INT8 GEMM " + shape + ", " + epilogue + ", µs", "at most torch._int_mm with its epilogue", gpu.quickest("kernel", shape, name.and(entry -> entry.path("variant").asText().startsWith("library"))),
                gpu.quickest("kernel", shape, name.and(Results::peer)), "median_us", 1);
    }

    private static boolean covers(String variant, String epilogue) {
        return switch (epilogue) {
            case "bias" -> variant.endsWith("bias") || variant.equals("cuBLAS");
            case "relu" -> variant.endsWith("relu");
            default -> variant.contains("residual");
        };
    }

    private void attention(int segment) {
        String shape = "6000x" + segment + "x4x128";
        Predicate<JsonNode> name = entry -> entry.path("name").asText().equals("attention");
        compare("attention " + shape + ", µs", "below PyTorch's fused attention", gpu.quickest("kernel", shape, name.and(entry -> !Results.peer(entry))),
                gpu.quickest("kernel", shape, name.and(Results::peer)), "median_us", 1);
    }

    private void throughput(String shape) {
        Predicate<JsonNode> name = entry -> entry.path("name").asText().equals("packed, features to ids");
        Optional<JsonNode> own = gpu.quickest("throughput", shape, name.and(entry -> !Results.peer(entry)));
        Optional<JsonNode> peer = gpu.quickest("throughput", shape, name.and(Results::peer));
        if (own.isEmpty()) {
            empty("whole model, " + shape + ", times real time", "60,000 and twice the best PyTorch form", peer, "rtfx", "%.0f");
            return;
        }
        double speed = own.get().path("rtfx").asDouble();
        boolean reached = speed >= 60_000 && peer.isPresent() && speed >= 2 * peer.get().path("rtfx").asDouble();
        rows.add(List.of("whole model, " + shape + ", times real time", "60,000 and twice the best PyTorch form", Markdown.number("%.0f", speed), text(peer, "rtfx", "%.0f"),
                Markdown.percent(own.get().path("roofline_share").asDouble(Double.NaN)), verdict(reached, speed < 60_000 || peer.isPresent())));
    }

    private void int8Throughput(String shape) {
        Optional<JsonNode> half = gpu.find("throughput", shape, entry -> entry.path("name").asText().equals("packed, features to ids") && !Results.peer(entry));
        Optional<JsonNode> whole = gpu.find("throughput", shape, entry -> entry.path("name").asText().equals("packed, features to ids, int8"));
        String what = "whole model in int8, " + shape + ", times fp16";
        if (half.isEmpty() || whole.isEmpty()) {
            rows.add(List.of(what, "1.5", EMPTY, "", "", ""));
            return;
        }
        double times = whole.get().path("rtfx").asDouble() / half.get().path("rtfx").asDouble();
        rows.add(List.of(what, "1.5", Markdown.number("%.2f", times), "", "", verdict(times >= 1.5, true)));
    }

    private void latency() {
        Predicate<JsonNode> own = entry -> !Results.peer(entry);
        Optional<JsonNode> found = gpu.quickest("latency", "1x10s", own);
        Optional<JsonNode> peer = gpu.quickest("latency", "1x10s", Results::peer);
        if (found.isEmpty()) {
            empty("one utterance of 10 s, features to ids, µs", "1000", peer, "median_us", "%.0f");
            return;
        }
        double micros = found.get().path("median_us").asDouble();
        rows.add(List.of("one utterance of 10 s, features to ids, µs", "1000", Markdown.number("%.0f", micros), text(peer, "median_us", "%.0f"),
                Markdown.percent(found.get().path("roofline_share").asDouble(Double.NaN)), verdict(micros <= 1000, true)));
    }

    private void memory() {
        Optional<JsonNode> own = gpu.find("memory", "ragged300s", entry -> !Results.peer(entry));
        Optional<JsonNode> packed = gpu.quickest("memory", "ragged300s", entry -> entry.path("variant").asText().startsWith("PyTorch packed"));
        Optional<JsonNode> plain = gpu.find("memory", "ragged300s", entry -> entry.path("variant").asText().equals("PyTorch plain"));
        memory(own, packed, "half of the packed peer's", 0.5);
        memory(own, plain, "a tenth of the plain peer's", 0.1);
    }

    private void memory(Optional<JsonNode> own, Optional<JsonNode> peer, String goal, double share) {
        String what = "peak memory, ragged300s, weights apart, MB";
        String theirs = peer.map(entry -> megabytes(entry) + " (" + entry.path("variant").asText() + ")").orElse(EMPTY);
        boolean reached = own.isPresent() && peer.isPresent() && own.get().path("value").asDouble() <= share * peer.get().path("value").asDouble();
        rows.add(List.of(what, goal, own.map(Goals::megabytes).orElse(EMPTY), theirs, "", own.isPresent() ? verdict(reached, peer.isPresent()) : ""));
    }

    private static String megabytes(JsonNode entry) {
        return Markdown.number("%.1f", entry.path("value").asDouble() / 1e6);
    }

    private void launches() {
        for (String name : List.of("launch", "graph launch")) {
            Optional<JsonNode> own = gpu.find("launch", "host", entry -> entry.path("name").asText().equals(name) && entry.path("variant").asText().equals("Java"));
            Optional<JsonNode> c = gpu.find("launch", "host", entry -> entry.path("name").asText().equals(name) && entry.path("variant").asText().equals("C"));
            boolean reached = own.isPresent() && c.isPresent() && own.get().path("median_us").asDouble() <= c.get().path("median_us").asDouble() + 1;
            rows.add(List.of("host time of a " + name + ", µs", "within 1 µs of C", text(own, "median_us", "%.2f"), text(c, "median_us", "%.2f"), "",
                    own.isPresent() ? verdict(reached, c.isPresent()) : ""));
        }
    }

    private void compare(String what, String goal, Optional<JsonNode> own, Optional<JsonNode> peer, String field, double share) {
        if (own.isEmpty()) {
            empty(what, goal, peer, field, "%.2f");
            return;
        }
        boolean reached = peer.isPresent() && own.get().path(field).asDouble() <= share * peer.get().path(field).asDouble();
        rows.add(List.of(what, goal, text(own, field, "%.2f"), text(peer, field, "%.2f"), Markdown.percent(own.get().path("roofline_share").asDouble(Double.NaN)),
                verdict(reached, peer.isPresent())));
    }

    private void empty(String what, String goal, Optional<JsonNode> peer, String field, String format) {
        rows.add(List.of(what, goal, EMPTY, text(peer, field, format), "", ""));
    }

    private static String text(Optional<JsonNode> entry, String field, String format) {
        return entry.map(e -> String.format(Locale.ROOT, format, e.path(field).asDouble()) + (Results.peer(e) || e.path("variant").asText().equals("C")
                ? " (" + e.path("variant").asText() + ")" : "")).orElse(EMPTY);
    }

    private static String verdict(boolean reached, boolean comparable) {
        return !comparable ? "no peer measured" : reached ? "yes" : "no";
    }
}
