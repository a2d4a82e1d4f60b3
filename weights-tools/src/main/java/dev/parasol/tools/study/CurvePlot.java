package dev.parasol.tools.study;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;

/** Draws errors by number of layers removed. Random removal is its seeds' mean, and its bars reach as far as the seed that is farthest from it. */
final class CurvePlot {
    private static final int WIDTH = 1100;
    private static final int HEIGHT = 700;

    private CurvePlot() {}

    /** Writes a PNG; the file's name ends in {@code .png}. */
    static void write(Path file, String title, List<CurvePoint> points) throws IOException {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title)
                .xAxisTitle("layers removed").yAxisTitle("error rate, %").build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNW);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setXAxisMaxLabelCount(20);
        Map<String, Map<Integer, List<Double>>> series = new LinkedHashMap<>();
        for (CurvePoint point : points) {
            series.computeIfAbsent(point.strategy(), s -> new TreeMap<>())
                    .computeIfAbsent(point.count(), c -> new ArrayList<>()).add(point.rate().percent());
        }
        series.forEach((name, values) -> add(chart, name, values));
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapEncoder.BitmapFormat.PNG);
    }

    private static void add(XYChart chart, String name, Map<Integer, List<Double>> values) {
        List<Integer> x = new ArrayList<>(values.keySet());
        List<Double> y = new ArrayList<>();
        List<Double> bars = new ArrayList<>();
        for (List<Double> seeds : values.values()) {
            double mean = seeds.stream().mapToDouble(d -> d).average().orElse(0);
            y.add(mean);
            bars.add(Math.max(seeds.stream().mapToDouble(d -> d).max().orElse(0) - mean, mean - seeds.stream().mapToDouble(d -> d).min().orElse(0)));
        }
        boolean spread = values.values().stream().anyMatch(seeds -> seeds.size() > 1);
        XYSeries line = spread ? chart.addSeries(name, x, y, bars) : chart.addSeries(name, x, y);
        line.setLineStyle(new BasicStroke(2));
    }
}
