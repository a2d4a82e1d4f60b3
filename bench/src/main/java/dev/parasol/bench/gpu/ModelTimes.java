package dev.parasol.bench.gpu;

import dev.parasol.bench.OpenModel;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.model.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Whole passes from waveforms on the host to token ids on the host, by the wall clock. */
final class ModelTimes {
    private static final int RATE = 16_000;
    private static final int WARM_UPS = 2;

    private ModelTimes() {}

    /** @param model the model's folder, or a synthetic one */
    static void take(DeviceSpec device, String model, Sizes sizes, Measurements measurements) {
        long start = System.nanoTime();
        try (OpenModel open = new OpenModel(device, model, Precision.FP16)) {
            measurements.add("loading " + model, (System.nanoTime() - start) / 1e9, "s");
            List<float[]> packed = new ArrayList<>();
            for (int i = 0; i < sizes.utterances(); i++) {
                packed.add(noise(i));
            }
            pass(open, List.of(noise(0)), sizes, measurements);
            pass(open, packed, sizes, measurements);
        }
    }

    private static void pass(OpenModel open, List<float[]> waves, Sizes sizes, Measurements measurements) {
        double[] micros = new double[sizes.passes()];
        int tokens = 0;
        for (int sample = -WARM_UPS; sample < micros.length; sample++) {
            long start = System.nanoTime();
            tokens = open.model().run(waves, null).stream().mapToInt(ids -> ids.length).sum();
            if (sample >= 0) {
                micros[sample] = (System.nanoTime() - start) / 1e3;
            }
        }
        int seconds = waves.size() * Sizes.UTTERANCE_SECONDS;
        Timing timing = Timing.of(micros);
        measurements.add(String.format(Locale.ROOT, "forward pass, %d utterances of %d s, wave to ids", waves.size(), Sizes.UTTERANCE_SECONDS), timing,
                timing.rate(seconds), "times real time");
        measurements.add("  tokens a second of audio", tokens / (double) seconds, "");
        measurements.add("  activations", open.model().plan(open.model().layout(waves).shape()).peakBytes() / 1048576.0, "MiB");
    }

    private static float[] noise(long seed) {
        Random random = new Random(seed);
        float[] samples = new float[Sizes.UTTERANCE_SECONDS * RATE];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (0.1 * random.nextGaussian());
        }
        return samples;
    }
}
