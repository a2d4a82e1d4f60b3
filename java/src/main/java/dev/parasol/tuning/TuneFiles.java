package dev.parasol.tuning;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.files.OutputFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A tuner's result in a folder: {@code tune.yaml} for {@code transcribe --config}, {@code tune.json}, and {@code tune.html}, a page with a plot for a browser. */
public final class TuneFiles {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String TEMPLATE = "tune.html";
    private static final String DATA = "{{data}}";

    private TuneFiles() {}

    /** Writes the files over those that may be there, each of which appears whole or not at all. */
    public static void write(TuneResult result, Path folder) throws IOException {
        String json = MAPPER.writeValueAsString(json(result));
        write(folder.resolve("tune.json"), json + "\n");
        write(folder.resolve("tune.yaml"), TuneText.yaml(result));
        try (InputStream in = TuneFiles.class.getResourceAsStream(TEMPLATE)) {
            String template = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            // No name may end the script element that the data stand in.
            write(folder.resolve("tune.html"), template.replace(DATA, json.replace("<", "\\u003c")));
        }
    }

    private static void write(Path file, String text) throws IOException {
        OutputFile.write(file, channel -> OutputFile.writeFully(channel, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    }

    static ObjectNode json(TuneResult result) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("model", result.model()).put("device", result.device()).put("balance", result.balance()).put("stopped", result.stopped());
        ArrayNode points = root.putArray("points");
        result.points().forEach(point -> points.add(json(point)));
        root.put("error_budget", result.errorBudget()).put("recommended", result.recommended());
        ArrayNode candidates = root.putArray("candidates");
        for (TuneCandidate candidate : result.candidates()) {
            ObjectNode node = candidates.addObject();
            node.put("model", candidate.model()).put("errors", candidate.errors().errors()).put("units", candidate.errors().units());
            node.put("error_percent", candidate.errors().percent()).put("low", candidate.errors().low()).put("high", candidate.errors().high());
            node.put("accepted", candidate.accepted()).set("point", json(candidate.point()));
        }
        return root;
    }

    private static ObjectNode json(TunePoint point) {
        return MAPPER.createObjectNode().put("precision", point.precision()).put("batch_size_s", point.batchSeconds())
                .put("audio_seconds_per_second", point.throughput()).put("slowest", point.slowest()).put("fastest", point.fastest())
                .put("latency_p50_s", point.latencyP50()).put("latency_p95_s", point.latencyP95()).put("largest_batch_s", point.largestBatchSeconds())
                .put("planned_peak_bytes", point.plannedPeak()).put("measured_peak_bytes", point.measuredPeak()).put("held_bytes", point.held())
                .put("memory_short", point.shrunk());
    }
}
