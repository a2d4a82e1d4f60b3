package dev.parasol.tools.study;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.files.OutputFile;
import dev.parasol.tools.importance.Metric;
import dev.parasol.tools.prune.Healing;
import dev.parasol.tools.run.Layer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes a study's points as {@code pruning.csv}, {@code pruning.json} and a plot for each set and way of healing. */
final class StudyResults {
    private final Path folder;

    StudyResults(Path folder) {
        this.folder = folder;
    }

    void write(String model, List<CurvePoint> points, Map<Metric, Map<Layer, Double>> scores) throws IOException {
        write("pruning.csv", csv(points));
        write("pruning.json", json(model, points, scores));
        for (String set : points.stream().map(CurvePoint::set).distinct().toList()) {
            for (Healing.Kind healing : points.stream().map(CurvePoint::healing).distinct().toList()) {
                String how = healing == Healing.Kind.NONE ? "not healed" : "healed: " + label(healing);
                CurvePlot.write(folder.resolve("pruning-" + set + "-" + label(healing) + ".png"), "Layers removed, " + set + ", " + how,
                        points.stream().filter(p -> p.set().equals(set) && p.healing() == healing).toList());
            }
        }
    }

    /** Writes what reductions cost. */
    void reductions(String csv) throws IOException {
        write("reductions.csv", csv);
    }

    private void write(String name, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        OutputFile.write(folder.resolve(name), channel -> OutputFile.writeFully(channel, bytes));
    }

    private static String csv(List<CurvePoint> points) {
        StringBuilder csv = new StringBuilder("strategy,seed,healing,count,set,errors,units,percent,low,high,removed\n");
        for (CurvePoint p : points) {
            csv.append(String.format(Locale.ROOT, "%s,%d,%s,%d,%s,%d,%d,%.3f,%.3f,%.3f,%s%n", p.strategy(), p.seed(), label(p.healing()), p.count(),
                    p.set(), p.rate().errors(), p.rate().units(), p.rate().percent(), p.rate().low(), p.rate().high(), names(p, " ")));
        }
        return csv.toString();
    }

    private static String json(String model, List<CurvePoint> points, Map<Metric, Map<Layer, Double>> scores) throws IOException {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode root = mapper.createObjectNode().put("model", model);
        ObjectNode importance = root.putObject("importance");
        scores.forEach((metric, layers) -> {
            ObjectNode node = importance.putObject(metric.label());
            layers.forEach((layer, score) -> node.put(layer.toString(), score));
        });
        ArrayNode curves = root.putArray("points");
        for (CurvePoint p : points) {
            curves.addObject().put("strategy", p.strategy()).put("seed", p.seed()).put("healing", label(p.healing())).put("count", p.count())
                    .put("set", p.set()).put("errors", p.rate().errors()).put("units", p.rate().units()).put("percent", p.rate().percent())
                    .put("low", p.rate().low()).put("high", p.rate().high()).put("removed", names(p, ","));
        }
        return mapper.writeValueAsString(root) + "\n";
    }

    private static String names(CurvePoint point, String separator) {
        return point.removed().stream().map(Layer::toString).collect(Collectors.joining(separator));
    }

    private static String label(Healing.Kind healing) {
        return healing.name().toLowerCase(Locale.ROOT);
    }
}
