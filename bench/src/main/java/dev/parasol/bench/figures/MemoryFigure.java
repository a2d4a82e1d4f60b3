package dev.parasol.bench.figures;

import dev.parasol.bench.Report;
import dev.parasol.memory.MemoryReport;
import dev.parasol.model.BatchLayout;
import dev.parasol.model.MemoryForecast;
import dev.parasol.model.Precision;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import java.util.Locale;

/** What the memory system is held to: forecasts, masks, limits, and what batches take beside what was planned for them. */
final class MemoryFigure implements Figure {
    private static final long MOST_BYTES = 490_000_000;

    @Override
    public void take(Setting setting, Report report) {
        forecast(report);
        new MaskMemory(setting).take(report);
        new LimitMemory(setting).take(report);
        new BatchMemory(setting).take(report);
    }

    /** Without loading anything. */
    private static void forecast(Report report) {
        report.section("Memory: synth:paraformer-large, fp16, 300 s packed as 20 utterances, known before loading");
        ModelFolder folder = ModelFolder.open("synth:paraformer-large");
        MemoryForecast forecast = MemoryForecast.of(folder, LayerMask.ALL, Precision.FP16, BatchLayout.ofSeconds(folder.config().frontend(), 300, 20).shape());
        report.figure("weights", forecast.weightBytes() + " bytes");
        report.figure("activations", forecast.slabBytes() + " bytes");
        report.row("weights and activations", forecast.totalBytes() + " bytes", "at most " + MOST_BYTES, forecast.totalBytes() <= MOST_BYTES);
        ratio(report, "activations over their lower bound", forecast.slabBytes() / (double) forecast.plan().lowerBound(), 1.01);
        MemoryReport.Holder largest = forecast.plan().holders().get(0);
        report.note("at the peak, " + forecast.plan().stepName(forecast.plan().peakStep()) + ", the largest is " + largest.name() + " with " + largest.bytes()
                + " bytes; two such batches in flight take " + (forecast.totalBytes() + forecast.slabBytes()) + " bytes with the weights");
    }

    static void ratio(Report report, String what, double ratio, double most) {
        report.row(what, String.format(Locale.ROOT, "%.6f", ratio), "at most " + most, ratio <= most);
    }
}
