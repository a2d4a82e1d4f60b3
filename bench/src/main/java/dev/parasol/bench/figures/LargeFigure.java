package dev.parasol.bench.figures;

import dev.parasol.bench.OpenModel;
import dev.parasol.bench.Report;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.model.Precision;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** A synthetic model of paraformer-large's shape: how long it takes, what it holds, and whether it behaves. */
final class LargeFigure implements Figure {
    private static final int RATE = 16_000;
    private static final double MOST_SECONDS = 60;
    private static final long SEED = 3;

    @Override
    public void take(Setting setting, Report report) {
        report.section("synth:paraformer-large, fp16, noise, on " + setting.device() + " with " + Runtime.getRuntime().availableProcessors() + " cores");
        long start = System.nanoTime();
        try (OpenModel open = new OpenModel(setting.device(), "synth:paraformer-large", Precision.FP16)) {
            double load = seconds(start);
            report.figure("loading", text(load, "s"));
            start = System.nanoTime();
            open.model().run(List.of(noise(1)), null);
            double one = seconds(start);
            if (setting.device().kind() == DeviceSpec.Kind.SOFT) {
                report.row("one second of audio, loading included", text(load + one, "s"), "at most " + text(MOST_SECONDS, "s"), load + one <= MOST_SECONDS);
            }
            report.figure("one second of audio, transcription alone", text(one, "s"));
            start = System.nanoTime();
            int tokens = open.model().run(List.of(noise(10)), null).get(0).length;
            report.figure("ten seconds of audio, transcription alone", text(seconds(start), "s"));
            report.row("tokens a second of audio", text(tokens / 10.0, ""), "4 to 6", tokens >= 40 && tokens <= 60);
            open.memory().report().toText().lines().forEach(report::note);
        }
    }

    private static float[] noise(int seconds) {
        Random random = new Random(SEED);
        float[] samples = new float[seconds * RATE];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (0.1 * random.nextGaussian());
        }
        return samples;
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static String text(double value, String unit) {
        return String.format(Locale.ROOT, "%.2f %s", value, unit).strip();
    }
}
