package dev.parasol.model;

import dev.parasol.memory.MemoryReport.Holder;
import dev.parasol.weights.FrontendConfig;
import java.util.List;
import java.util.Locale;

/** A memory forecast as lines of text. */
final class ForecastText {
    /** The granularity of device memory on every GPU so far. */
    private static final long GRANULARITY = 2 << 20;
    private static final int LARGEST = 8;

    private final MemoryForecast forecast;
    private final ForwardPlan plan;
    private final StringBuilder text = new StringBuilder();

    ForecastText(MemoryForecast forecast) {
        this.forecast = forecast;
        this.plan = forecast.plan();
    }

    String text(boolean byLayer) {
        BatchShape shape = forecast.shape();
        line("%s, %s%s", forecast.model(), forecast.schemes().title(), forecast.notice().map(n -> ", " + n).orElse(""));
        line("a batch of %d utterance%s: %.2f s of audio, %d frames", shape.batch(), shape.batch() == 1 ? "" : "s",
                shape.samples() / (double) FrontendConfig.SAMPLE_RATE, shape.frames());
        line("planned for up to %d utterance%s and %d frames", plan.shape().batch(), plan.shape().batch() == 1 ? "" : "s", plan.shape().frames());
        weights();
        activations();
        line("");
        row("weights and activations", forecast.totalBytes());
        row("with two such batches in flight", forecast.totalBytes() + forecast.slabBytes());
        mapped();
        pinned();
        if (byLayer) {
            layers();
        }
        return text.toString();
    }

    String more(MemoryForecast text) {
        head("beside the text");
        row("  weights", forecast.weightBytes() - text.weightBytes());
        row("  activations", forecast.slabBytes() - text.slabBytes());
        row("  pinned host memory", forecast.pinnedBytes() - text.pinnedBytes());
        return this.text.toString();
    }

    private void weights() {
        head("weights");
        forecast.weights().forEach(group -> row("  " + group.name(), group.bytes()));
        row("  total", forecast.weightBytes());
    }

    private void activations() {
        head("activations");
        row("  peak", plan.peakBytes());
        row("  lower bound", plan.lowerBound());
        line("  peak over lower bound %.6f, %d buffers in %d steps", plan.peakBytes() / (double) plan.lowerBound(), plan.buffers().size(), plan.stepCount());
        int peak = plan.peakStep();
        line("  at the peak, step %d (%s):", peak, plan.stepName(peak));
        List<Holder> holders = plan.holders();
        holders.stream().limit(LARGEST).forEach(holder -> row("    " + holder.name(), holder.bytes()));
        if (holders.size() > LARGEST) {
            row("    " + (holders.size() - LARGEST) + " more", holders.stream().skip(LARGEST).mapToLong(Holder::bytes).sum());
        }
    }

    private void mapped() {
        head("mapped on the device");
        row("  weights", MemoryForecast.mapped(forecast.weightBytes(), GRANULARITY));
        row("  activations", MemoryForecast.mapped(forecast.slabBytes(), GRANULARITY));
        row("  staging, while loading", MemoryForecast.mapped(forecast.stagingBytes(), GRANULARITY));
        row("  at most at a time", forecast.mostMapped(GRANULARITY));
        line("  in chunks of 2 MiB, which is assumed; without what the driver takes for itself");
    }

    private void pinned() {
        head("pinned host memory");
        row("  while loading", forecast.loadingPinnedBytes());
        row("  input and results", forecast.pinnedBytes());
    }

    /** The most that is alive in any step of each layer. */
    private void layers() {
        line("");
        line("%-34s%15s%11s  %s", "activations by layer", "live bytes", "steps", "in step");
        long[] live = plan.liveBytes();
        for (int first = 0, end; first < live.length; first = end) {
            int most = first;
            for (end = first + 1; end < live.length && plan.layer(end).equals(plan.layer(first)); end++) {
                most = live[end] > live[most] ? end : most;
            }
            line("  %-32s%15d%11s  %s", plan.layer(first), live[most], first + "-" + (end - 1), plan.stepName(most));
        }
    }

    private void head(String title) {
        line("");
        line("%-44s%15s%10s%10s", title, "bytes", "MB", "MiB");
    }

    private void row(String name, long bytes) {
        line("%-44s%15d%10.2f%10.2f", name, bytes, bytes / 1e6, bytes / 1048576.0);
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
