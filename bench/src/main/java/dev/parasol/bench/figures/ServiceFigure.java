package dev.parasol.bench.figures;

import dev.parasol.bench.Report;
import dev.parasol.bench.service.ServiceLoad;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.pipeline.ServiceReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A service of one device under 1 to 16 callers: audio a second, latency, memory, and what the device waited for. */
final class ServiceFigure implements Figure {
    private static final int FILES = 24;
    private static final double MIB = 1 << 20;

    @Override
    public void take(Setting setting, Report report) {
        boolean soft = setting.device().kind() == DeviceSpec.Kind.SOFT;
        String model = soft ? setting.shared().resolve("models/digits-tiny").toString() : "synth:paraformer-large";
        int requests = soft ? 48 : 960;
        double batchSeconds = soft ? 12 : 60;
        report.section(String.format(Locale.ROOT, "Service: %s, fp16, %d requests of digits-tiny's recordings for each number of callers, batches of up to %.0f s%s",
                model, requests, batchSeconds, soft ? ", on the software device" : ""));
        List<Path> files = IntStream.range(0, FILES).mapToObj(i -> setting.shared().resolve(String.format(Locale.ROOT, "audio/digits/utt-%02d.wav", i))).toList();
        ServiceLoad load = new ServiceLoad(setting.device(), model, files);
        long bound = load.memoryLimit(batchSeconds);
        for (int callers : ServiceLoad.CALLERS) {
            show(report, callers + (callers == 1 ? " caller" : " callers"), load.level(callers, requests, batchSeconds), requests, bound);
        }
    }

    private static void show(Report report, String who, ServiceLoad.Level level, int requests, long bound) {
        ServiceReport.Device device = level.device();
        report.figure(who + ": audio a second (RTF)", String.format(Locale.ROOT, "%.1f s (%.4f)", level.audio() / level.seconds(), level.seconds() / level.audio()));
        report.figure(who + ": latency p50, p95", String.format(Locale.ROOT, "%.1f ms, %.1f ms", 1e3 * level.latency(0.5), 1e3 * level.latency(0.95)));
        report.figure(who + ": batches, audio in the largest", String.format(Locale.ROOT, "%d, %.1f s", level.report().batches(), level.report().largestBatchSeconds()));
        report.figure(who + ": the device waited for work", String.format(Locale.ROOT, "%.0f %% of the time", 100 * level.idle()));
        report.row(who + ": texts as alone", requests - level.wrong() + " of " + requests, "all", level.wrong() == 0);
        report.row(who + ": activations, measured and planned", device.measuredPeak() + ", " + device.plannedPeak() + " bytes", "the same",
                device.measuredPeak() == device.plannedPeak());
        report.row(who + ": device memory, most that was held", String.format(Locale.ROOT, "%.2f MiB", level.held() / MIB),
                String.format(Locale.ROOT, "at most %.2f MiB: weights and two full batches, in chunks", bound / MIB), level.held() <= bound);
    }
}
