package dev.parasol.tools.study;

import dev.parasol.tools.report.Charts;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws errors by number of layers removed. Random removal is its seeds' mean; dashed lines join the best seeds and the worst ones. */
final class CurvePlot {
    private static final int WIDTH = 1100;
    private static final int HEIGHT = 700;
    private static final float THINNEST = 1.5f;
    private static final Color SPREAD = Color.DARK_GRAY;

    private CurvePlot() {}

    /** The plot as PNG. */
    static byte[] png(String title, List<CurvePoint> points) throws IOException {
        XYChart chart = Charts.chart(WIDTH, HEIGHT, title, "layers removed", "error rate, %");
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setXAxisMaxLabelCount(20);
        Map<String, Map<Integer, List<Double>>> series = new LinkedHashMap<>();
        for (CurvePoint point : points) {
            series.computeIfAbsent(point.strategy(), s -> new TreeMap<>())
                    .computeIfAbsent(point.count(), c -> new ArrayList<>()).add(point.rate().percent());
        }
        // The earlier a curve is drawn the wider, so that one behind it that is the same does not hide it.
        float width = THINNEST + series.size();
        for (Map.Entry<String, Map<Integer, List<Double>>> curve : series.entrySet()) {
            add(chart, curve.getKey(), curve.getValue(), width--);
        }
        return Charts.png(chart);
    }

    private static void add(XYChart chart, String name, Map<Integer, List<Double>> values, float width) {
        List<Integer> x = new ArrayList<>(values.keySet());
        List<Double> least = values.values().stream().map(Collections::min).toList();
        List<Double> most = values.values().stream().map(Collections::max).toList();
        List<Double> mean = values.values().stream().map(seeds -> seeds.stream().mapToDouble(d -> d).average().orElseThrow()).toList();
        XYSeries line = chart.addSeries(name, x, mean);
        line.setLineStyle(new BasicStroke(width));
        if (!least.equals(most)) {
            line.setLineColor(SPREAD);
            line.setMarkerColor(SPREAD);
            edge(chart, name + ", least", x, least);
            edge(chart, name + ", most", x, most);
        }
    }

    private static void edge(XYChart chart, String name, List<Integer> x, List<Double> y) {
        XYSeries line = chart.addSeries(name, x, y);
        line.setLineStyle(SeriesLines.DASH_DASH);
        line.setLineWidth(1);
        line.setLineColor(SPREAD);
        line.setMarker(SeriesMarkers.NONE);
        line.setShowInLegend(false);
    }
}
