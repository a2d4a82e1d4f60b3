package dev.parasol.tools.study;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parasol.tools.report.Charts;
import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws what quantization costs against bytes. Points of one size stand side by side, since all that is int8 takes nearly as much. */
final class QuantizationPlots {
    private static final int WIDTH = 1100;
    private static final int HEIGHT = 550;
    /** Parts of the axis. */
    private static final double SAME = 0.01;
    private static final double APART = 0.02;
    /** A rise of the error rate that is still good. */
    private static final double POINTS = 0.5;

    private QuantizationPlots() {}

    /** More errors than fp16, all sets together, with their interval. */
    static byte[] errors(QuantizationPoints points) throws IOException {
        String set = points.widest();
        XYChart chart = chart("Errors by size, " + set, "more errors than fp16, points (line: 95 %)");
        Map<String, Double> places = places(points);
        places.forEach((name, x) -> {
            JsonNode found = points.byName().get(name).get("sets").get(set);
            add(chart, name, x, found.get("more").asDouble(), found.get("more_low").asDouble(), found.get("more_high").asDouble());
        });
        double[] ends = {places.values().stream().mapToDouble(d -> d).min().orElse(0), places.values().stream().mapToDouble(d -> d).max().orElse(1)};
        XYSeries bound = chart.addSeries("half a point", ends, new double[] {POINTS, POINTS});
        bound.setMarker(SeriesMarkers.NONE);
        bound.setLineStyle(SeriesLines.DASH_DASH);
        bound.setLineColor(Color.GRAY);
        return Charts.png(chart);
    }

    /** Signal over noise of the layers: the mean, and down to the least. */
    static byte[] noise(QuantizationPoints points) throws IOException {
        XYChart chart = chart("Noise of the layers by size", "signal over noise, dB: layers' mean (line: to the least)");
        places(points).forEach((name, x) -> {
            double[] decibels = QuantizationPoints.decibels(points.byName().get(name));
            double mean = DoubleStream.of(decibels).average().orElse(0);
            add(chart, name, x, mean, DoubleStream.of(decibels).min().orElse(0), mean);
        });
        return Charts.png(chart);
    }

    private static XYChart chart(String title, String y) {
        XYChart chart = Charts.chart(WIDTH, HEIGHT, title, "weights in the file, MB (points of one size side by side)", y);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        return chart;
    }

    private static void add(XYChart chart, String name, double x, double y, double low, double high) {
        XYSeries point = chart.addSeries(name, new double[] {x}, new double[] {y});
        point.setLineStyle(SeriesLines.NONE);
        Color colour = chart.getStyler().getSeriesColors()[(chart.getSeriesMap().size() - 1) / 2 % chart.getStyler().getSeriesColors().length];
        point.setMarkerColor(colour);
        XYSeries line = chart.addSeries(name + ", interval", new double[] {x, x}, new double[] {low, high});
        line.setMarker(SeriesMarkers.NONE);
        line.setLineColor(colour);
        line.setLineStyle(SeriesLines.SOLID);
        line.setLineWidth(2);
        line.setShowInLegend(false);
    }

    /** Where each point stands: at its size, or beside those of the same. */
    private static Map<String, Double> places(QuantizationPoints points) {
        Map<String, Double> sizes = new LinkedHashMap<>();
        points.byName().forEach((name, point) -> sizes.put(name, QuantizationPoints.megabytes(point)));
        double length = sizes.values().stream().mapToDouble(d -> d).max().orElse(1) - sizes.values().stream().mapToDouble(d -> d).min().orElse(0);
        Map<String, Double> places = new LinkedHashMap<>();
        sizes.forEach((name, size) -> {
            List<String> same = new ArrayList<>(sizes.keySet());
            same.removeIf(other -> Math.abs(sizes.get(other) - size) > SAME * length);
            places.put(name, size + (same.indexOf(name) - (same.size() - 1) / 2.0) * APART * length);
        });
        return places;
    }
}
