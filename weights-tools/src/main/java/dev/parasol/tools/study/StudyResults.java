package dev.parasol.tools.study;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.files.FileErrors;
import dev.parasol.files.OutputFile;
import dev.parasol.tools.data.DataException;
import dev.parasol.tools.importance.Metric;
import dev.parasol.tools.prune.Healing;
import dev.parasol.tools.report.Page;
import dev.parasol.tools.run.Layer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes a study's points as {@code pruning.csv}, {@code pruning.json}, {@code pruning.html} and a plot for each set and way of healing. */
final class StudyResults {
    private final Path folder;

    StudyResults(Path folder) {
        this.folder = folder;
    }

    /** @param reductions what they cost, as CSV; empty where none were studied */
    void write(String model, List<CurvePoint> points, Map<Metric, Map<Layer, Double>> scores, String reductions) throws IOException {
        write("pruning.csv", csv(points));
        write("pruning.json", json(model, points, scores));
        if (!reductions.isEmpty()) {
            write("reductions.csv", reductions);
        }
        Map<String, byte[]> plots = new LinkedHashMap<>();
        for (String set : points.stream().map(CurvePoint::set).distinct().toList()) {
            for (Healing.Kind healing : points.stream().map(CurvePoint::healing).distinct().toList()) {
                String title = "Layers removed, " + set + ", " + (healing == Healing.Kind.NONE ? "not healed" : "healed: " + label(healing));
                byte[] png = CurvePlot.png(title, points.stream().filter(p -> p.set().equals(set) && p.healing() == healing).toList());
                write("pruning-" + set + "-" + label(healing) + ".png", png);
                plots.put(title, png);
            }
        }
        write("pruning.html", StudyPage.html(model, points, plots, reductions.lines().toList()));
    }

    /** Writes what quantization costs, as {@code quantization.csv}, {@code .json}, {@code .png} twice, and {@code .html}. */
    void quantization(QuantizationPoints points) throws IOException {
        write("quantization.csv", points.csv());
        write("quantization.json", points.json());
        byte[] errors = QuantizationPlots.errors(points);
        byte[] noise = QuantizationPlots.noise(points);
        write("quantization-errors.png", errors);
        write("quantization-noise.png", noise);
        Page page = new Page("Quantized in every way").paragraph("Error rates with 95 % intervals by bootstrap over recordings; more errors than fp16 in points, the same"
                + " recordings drawn for both. Noise of each layer's output on the calibration's activations.");
        page.picture("Errors by size", errors).picture("Noise by size", noise);
        List<List<String>> cells = points.csv().lines().map(line -> List.of(line.split(","))).toList();
        write("quantization.html", page.heading("All sets").table(cells.get(0), cells.subList(1, cells.size())).html());
    }

    private void write(String name, String text) throws IOException {
        write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private void write(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        try {
            OutputFile.write(file, channel -> OutputFile.writeFully(channel, ByteBuffer.wrap(bytes)));
        } catch (IOException e) {
            throw new DataException(file + " cannot be written: " + FileErrors.reason(e), e);
        }
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

    static String label(Healing.Kind healing) {
        return healing.name().toLowerCase(Locale.ROOT);
    }
}
