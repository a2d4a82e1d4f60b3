package dev.parasol.tools.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.tools.compare.PairedDifference;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.data.TestSet;
import dev.parasol.tools.error.Edits;
import dev.parasol.tools.error.ErrorRate;
import dev.parasol.tools.quantize.Calibrated;
import dev.parasol.tools.quantize.Calibration;
import dev.parasol.tools.quantize.Candidate;
import dev.parasol.tools.quantize.Linear;
import dev.parasol.tools.quantize.LinearNoise;
import dev.parasol.tools.quantize.Provenance;
import dev.parasol.tools.quantize.QuantizedCheckpoint;
import dev.parasol.tools.quantize.SchemeChoice;
import dev.parasol.tools.quantize.Trial;
import dev.parasol.tools.run.Bench;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A model quantized in every way: weights alone, dynamic, static by each calibration, smoothed, and mixed by a budget of bytes half way from
 * int8 to fp16; errors on each set beside fp16's, noise of each layer, bytes. Every measurement is kept in the journal. Not thread-safe.
 */
final class QuantizationStudy {
    private static final double ALPHA = 0.5;
    private static final List<LinearScheme> MIXED = List.of(LinearScheme.INT8_DYNAMIC, LinearScheme.FP16);

    private final ObjectMapper mapper = new ObjectMapper();
    private final Journal journal;
    private final Bench bench;
    private final ModelFolder folder;
    private final List<TestSet> sets;
    private final List<Speech> calibration;
    private final Consumer<String> progress;
    private final Map<String, List<Edits>> base = new LinkedHashMap<>();
    private Calibrated plain;
    private Calibrated smooth;

    QuantizationStudy(Journal journal, Bench bench, ModelFolder folder, List<TestSet> sets, List<Speech> calibration, Consumer<String> progress) {
        this.journal = journal;
        this.bench = bench;
        this.folder = folder;
        this.sets = sets;
        this.calibration = calibration;
        this.progress = progress;
    }

    /** Measures what is missing and writes {@code quantization.csv} and {@code quantization.json}. */
    void run(Path out) throws IOException {
        Map<String, JsonNode> points = new LinkedHashMap<>();
        points.put("fp16", point("fp16", LinearScheme.FP16, Calibration.MSE, false));
        points.put("int8-weights", point("int8-weights", LinearScheme.INT8_WEIGHTS, Calibration.MSE, false));
        points.put("int8-dynamic", point("int8-dynamic", LinearScheme.INT8_DYNAMIC, Calibration.MSE, false));
        for (Calibration method : Calibration.values()) {
            String name = "int8-static " + method.text();
            points.put(name, point(name, LinearScheme.INT8_STATIC, method, false));
        }
        points.put("int8-dynamic smooth", point("int8-dynamic smooth", LinearScheme.INT8_DYNAMIC, Calibration.MSE, true));
        points.put("int8-static mse smooth", point("int8-static mse smooth", LinearScheme.INT8_STATIC, Calibration.MSE, true));
        points.put("mixed", point("mixed", null, Calibration.MSE, false));
        Files.writeString(out.resolve("quantization.csv"), csv(points));
        Files.writeString(out.resolve("quantization.json"), mapper.writerWithDefaultPrettyPrinter().writeValueAsString(points) + "\n");
    }

    private Calibrated calibrated(boolean smoothed) {
        if (smoothed) {
            smooth = smooth != null ? smooth : Calibrated.on(bench, folder, calibration, ALPHA, progress);
            return smooth;
        }
        plain = plain != null ? plain : Calibrated.on(bench, folder, calibration, Double.NaN, progress);
        return plain;
    }

    /** @param scheme of every layer, or null for mixed ones */
    private JsonNode point(String name, LinearScheme scheme, Calibration method, boolean smoothed) {
        return journal.get("quantized/" + name, () -> {
            Calibrated model = calibrated(smoothed);
            Map<Linear, Float> scales = model.scales(method);
            List<Candidate> candidates = model.candidates(scales, progress);
            SchemeChoice choice = new SchemeChoice(candidates, scheme == null ? MIXED : List.of(scheme));
            Map<Linear, LinearScheme> schemes = scheme == null ? choice.withBytes(halfWay(candidates)) : choice.preferred();
            Trial trial = new Trial(bench, model, scales);
            ObjectNode node = mapper.createObjectNode();
            try (QuantizedCheckpoint weights = trial.quantized(model.folder().openCheckpoint(), schemes, new Provenance(schemes).json())) {
                node.put("bytes", weights.bytes());
            }
            ObjectNode layers = node.putObject("layers");
            candidates.forEach(c -> layers.putObject(c.linear().name()).put("scheme", schemes.get(c.linear()).text())
                    .put("sqnr_db", LinearNoise.decibels(c.damage().get(schemes.get(c.linear())))));
            ObjectNode errors = node.putObject("sets");
            for (TestSet set : sets) {
                progress.accept(name + " " + set.name());
                List<Edits> found = trial.errors(schemes, set.speech());
                ErrorRate rate = ErrorRate.of(found);
                PairedDifference more = PairedDifference.of(fp16(set), found);
                errors.putObject(set.name()).put("errors", rate.errors()).put("units", rate.units()).put("percent", rate.percent()).put("low", rate.low())
                        .put("high", rate.high()).put("more", more.points()).put("more_low", more.low()).put("more_high", more.high());
            }
            return node;
        });
    }

    private List<Edits> fp16(TestSet set) {
        return base.computeIfAbsent(set.name(), name -> new Trial(bench, Calibrated.without(folder), Map.of()).errors(Map.of(), set.speech()));
    }

    private static long halfWay(List<Candidate> candidates) {
        long least = candidates.stream().mapToLong(c -> c.bytes(LinearScheme.INT8_DYNAMIC)).sum();
        long most = candidates.stream().mapToLong(c -> c.bytes(LinearScheme.FP16)).sum();
        return (least + most) / 2;
    }

    private static String csv(Map<String, JsonNode> points) {
        StringBuilder csv = new StringBuilder("point,bytes,least_sqnr_db,mean_sqnr_db,set,errors,units,percent,low,high,more,more_low,more_high\n");
        points.forEach((name, point) -> {
            List<Double> decibels = new ArrayList<>();
            point.get("layers").forEach(layer -> decibels.add(layer.get("sqnr_db").asDouble()));
            double least = decibels.stream().mapToDouble(d -> d).min().orElse(0);
            double mean = decibels.stream().mapToDouble(d -> d).average().orElse(0);
            point.get("sets").fields().forEachRemaining(set -> {
                csv.append(String.format(Locale.ROOT, "%s,%d,%.1f,%.1f,%s,%d,%d", name, point.get("bytes").asLong(), least, mean, set.getKey(),
                        set.getValue().get("errors").asInt(), set.getValue().get("units").asInt()));
                Arrays.asList("percent", "low", "high", "more", "more_low", "more_high")
                        .forEach(key -> csv.append(String.format(Locale.ROOT, ",%.2f", set.getValue().get(key).asDouble())));
                csv.append('\n');
            });
        });
        return csv.toString();
    }
}
