package dev.parasol.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;

/** Pictures beside the tables; each only where there is something to show. */
final class Plots {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 540;
    private static final double TERA = 1e12;

    private final Results results;
    private final Path folder;

    Plots(Results results, Path folder) {
        this.results = results;
        this.folder = folder;
    }

    /** Times real time over seconds of audio in the batch; gives the file's name or null. */
    String throughput() throws IOException {
        return lines("throughput", "Throughput by batch", "seconds of audio in the batch", "times real time", "rtfx", 1);
    }

    /** Milliseconds over the length of one utterance. */
    String latency() throws IOException {
        return lines("latency", "Latency of one utterance", "seconds of audio", "milliseconds", "median_us", 1e-3);
    }

    private String lines(String group, String title, String x, String y, String field, double unit) throws IOException {
        Map<String, TreeMap<Double, Double>> series = new TreeMap<>();
        for (JsonNode entry : results.group(group)) {
            if (entry.has("median_us") && entry.has("audio_s")) {
                String what = entry.path("name").asText();
                String name = entry.path("variant").asText() + (what.contains("waveforms") ? ", from waveforms" : "") + (what.contains(", int8") ? what.substring(what.indexOf(", int8")) : "")
                        + (entry.path("shape").asText().startsWith("ragged") ? ", ragged" : "");
                series.computeIfAbsent(name, key -> new TreeMap<>()).putIfAbsent(entry.path("audio_s").asDouble(), unit * entry.path(field).asDouble());
            }
        }
        if (series.isEmpty()) {
            return null;
        }
        XYChart chart = chart(title, x, y);
        series.forEach((name, points) -> chart.addSeries(name, new ArrayList<>(points.keySet()), new ArrayList<>(points.values())));
        return save(chart, group);
    }

    /** Rates over operations a byte, under the roof that was measured in the same run. */
    String roofline() throws IOException {
        JsonNode ceilings = results.ceilings();
        List<JsonNode> kernels = results.group("kernel").stream().filter(entry -> entry.path("flops").asDouble() > 0 && entry.path("bytes").asDouble() > 0
                && entry.has("median_us")).toList();
        if (ceilings.isMissingNode() || kernels.isEmpty()) {
            return null;
        }
        XYChart chart = chart("Roofline", "operations a byte", "TFLOP/s");
        double copy = ceilings.path("copy_bytes_s").asDouble();
        double product = ceilings.path("product_flop_s").asDouble();
        double ridge = product / copy;
        chart.addSeries("measured ceilings", new double[] {0.1, ridge, 100 * ridge}, new double[] {0.1 * copy / TERA, product / TERA, product / TERA});
        Map<String, List<double[]>> series = new TreeMap<>();
        for (JsonNode entry : kernels) {
            String name = (Results.peer(entry) ? entry.path("variant").asText().split(" ")[0] + " " : "") + entry.path("name").asText();
            series.computeIfAbsent(name, key -> new ArrayList<>())
                    .add(new double[] {entry.path("flops").asDouble() / entry.path("bytes").asDouble(), entry.path("tflop_s").asDouble()});
        }
        series.forEach((name, points) -> chart.addSeries(name, points.stream().mapToDouble(p -> p[0]).toArray(), points.stream().mapToDouble(p -> p[1]).toArray())
                .setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter));
        return save(chart, "roofline");
    }

    private static XYChart chart(String title, String x, String y) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle(x).yAxisTitle(y).build();
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
        return chart;
    }

    private String save(XYChart chart, String name) throws IOException {
        Files.createDirectories(folder);
        BitmapEncoder.saveBitmap(chart, folder.resolve(name).toString(), BitmapEncoder.BitmapFormat.PNG);
        return folder.getFileName() + "/" + name + ".png";
    }
}
