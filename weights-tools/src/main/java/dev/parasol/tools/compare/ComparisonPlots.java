package dev.parasol.tools.compare;

import dev.parasol.tools.report.Charts;
import java.awt.BasicStroke;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a comparison as PNG. */
public final class ComparisonPlots {
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 600;

    private ComparisonPlots() {}

    /**
     * What each model does wrong by what it costs, megabytes on the device. The line joins those that no other beats in both.
     *
     * @param errors draw the error rate, else the divergence from the first model
     */
    public static byte[] pareto(Comparison comparison, boolean errors) throws IOException {
        XYChart chart = Charts.chart(WIDTH, HEIGHT, errors ? "Errors by size" : "Divergence by size", "weights on the device, MB",
                errors ? "error rate, %" : "KL divergence, nats a token");
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setXAxisMin(0.0);
        List<double[]> points = new ArrayList<>();
        add(chart, points, comparison.first(), errors ? comparison.first().error().percent() : 0);
        comparison.others().forEach(other -> add(chart, points, other.contender(), errors ? other.contender().error().percent() : other.divergence().mean()));
        if (points.stream().allMatch(point -> point[1] == 0)) {
            // Without any damage the axis would have no length.
            chart.getStyler().setYAxisMax(1.0);
        }
        List<double[]> best = points.stream().filter(p -> points.stream().noneMatch(q -> beats(q, p))).sorted((a, b) -> Double.compare(a[0], b[0])).toList();
        XYSeries front = chart.addSeries("Pareto front", best.stream().mapToDouble(p -> p[0]).toArray(), best.stream().mapToDouble(p -> p[1]).toArray());
        front.setMarker(SeriesMarkers.NONE);
        front.setLineStyle(SeriesLines.DASH_DASH);
        return Charts.png(chart);
    }

    private static void add(XYChart chart, List<double[]> points, Contender one, double damage) {
        double megabytes = one.deviceBytes() * 1e-6;
        String name = one.name() + " (" + one.precision() + ")";
        String unique = name;
        for (int i = 2; chart.getSeriesMap().containsKey(unique); i++) {
            unique = name + " " + i;
        }
        XYSeries series = chart.addSeries(unique, new double[] {megabytes}, new double[] {damage});
        series.setLineStyle(SeriesLines.NONE);
        points.add(new double[] {megabytes, damage});
    }

    private static boolean beats(double[] a, double[] b) {
        return a[0] <= b[0] && a[1] <= b[1] && (a[0] < b[0] || a[1] < b[1]);
    }

    /** Signal over noise of each stage, in the order of the pass. */
    public static byte[] stages(Comparison comparison) throws IOException {
        XYChart chart = Charts.chart(WIDTH, HEIGHT, "How far each stage is from " + comparison.first().name(), "stage, in the order of the pass", "signal over noise, dB");
        for (int i = 0; i < comparison.others().size(); i++) {
            Comparison.Other other = comparison.others().get(i);
            double[] y = other.stages().values().stream().mapToDouble(Difference::decibels).toArray();
            XYSeries line = chart.addSeries((i + 2) + ". " + other.contender().name() + " (" + other.contender().precision() + ")",
                    IntStream.rangeClosed(1, y.length).asDoubleStream().toArray(), y);
            line.setLineStyle(new BasicStroke(2));
            line.setMarker(SeriesMarkers.CIRCLE);
        }
        return Charts.png(chart);
    }
}
