package dev.parasol.tools.report;

import java.awt.Color;
import java.io.IOException;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/** What all plots have in common. */
public final class Charts {
    /** Dark enough for white paper, and apart from one another for most eyes. */
    private static final Color[] COLOURS = {
        new Color(0x0072b2), new Color(0xe69f00), new Color(0x7f3c8d), new Color(0x009e73), new Color(0xd62728), new Color(0x8c564b), new Color(0xe05fa8),
        new Color(0x2ab0d8), new Color(0x8a8a00), new Color(0x1f2f8f), new Color(0xff7f50), new Color(0x555555)
    };

    private Charts() {}

    /** An empty chart. */
    public static XYChart chart(int width, int height, String title, String x, String y) {
        XYChart chart = new XYChartBuilder().width(width).height(height).title(title).xAxisTitle(x).yAxisTitle(y).build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setSeriesColors(COLOURS);
        return chart;
    }

    /** The picture. */
    public static byte[] png(XYChart chart) throws IOException {
        return BitmapEncoder.getBitmapBytes(chart, BitmapEncoder.BitmapFormat.PNG);
    }
}
