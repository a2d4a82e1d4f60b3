package dev.parasol.bench.figures;

import dev.parasol.audio.AudioReader;
import dev.parasol.bench.OpenModel;
import dev.parasol.bench.Report;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.SoftDevice;
import dev.parasol.model.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What one utterance alone costs the host when its bucket comes back: launch by launch, and as a graph. */
final class LaunchesFigure implements Figure {
    private static final int WARM_UPS = 20;
    private static final int PASSES = 100;

    /** Medians over the passes. */
    private record Cost(double hostMicros, double wallMicros, long launches, long driverCalls, List<int[]> ids) {}

    @Override
    public void take(Setting setting, Report report) {
        boolean soft = setting.device().kind() == DeviceSpec.Kind.SOFT;
        String model = soft ? setting.shared().resolve("models/digits-tiny").toString() : "synth:paraformer-large";
        report.section("Launches: one utterance alone, " + model + ", fp16, " + PASSES + " passes" + (soft ? ", on the software device" : ""));
        List<float[]> wave = List.of(AudioReader.read(setting.shared().resolve("audio/digits/utt-00.wav")).samples());
        try (OpenModel open = new OpenModel(setting.device(), model, Precision.FP16)) {
            open.model().useGraphs(false);
            Cost direct = cost(open, wave, soft);
            open.model().useGraphs(true);
            Cost graph = cost(open, wave, soft);
            report.row("token ids", same(direct.ids(), graph.ids()) ? "the same" : "different", "the same", same(direct.ids(), graph.ids()));
            row(report, "launch by launch", direct, soft);
            row(report, "as a graph", graph, soft);
        }
    }

    private static void row(Report report, String way, Cost cost, boolean soft) {
        report.note(String.format(Locale.ROOT, "%s: %d kernels%s, host %.1f us until it waits (%.2f us a kernel), %.1f us to the ids", way, cost.launches(),
                soft ? ", " + cost.driverCalls() + " driver calls" : "", cost.hostMicros(), cost.hostMicros() / cost.launches(), cost.wallMicros()));
    }

    private static Cost cost(OpenModel open, List<float[]> wave, boolean soft) {
        for (int i = 0; i < WARM_UPS; i++) {
            open.model().run(wave, null);
        }
        double[] host = new double[PASSES];
        double[] wall = new double[PASSES];
        long launches = open.context().launches();
        long calls = soft ? SoftDevice.calls(null) : 0;
        List<int[]> ids = List.of();
        for (int i = 0; i < PASSES; i++) {
            long start = System.nanoTime();
            ids = open.model().run(wave, null);
            wall[i] = (System.nanoTime() - start) / 1e3;
            host[i] = open.model().hostNanos() / 1e3;
        }
        long counted = soft ? SoftDevice.calls(null) - calls : 0;
        return new Cost(median(host), median(wall), (open.context().launches() - launches) / PASSES, counted / PASSES, ids);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static boolean same(List<int[]> a, List<int[]> b) {
        return Arrays.deepEquals(a.toArray(), b.toArray());
    }
}
