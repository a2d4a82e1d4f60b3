package dev.parasol.tools;

import dev.parasol.cli.DeviceOption;
import dev.parasol.model.BatchShape;
import dev.parasol.model.MemoryForecast;
import dev.parasol.model.Precision;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Layer;
import dev.parasol.tools.run.Variant;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelFolder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memory}: memory on the device, foretold and found. */
@Command(
        name = "memory",
        description = "Show the memory that a model takes on the device by precision and layers kept, as it is foretold and as it is found when the model is loaded"
                + " and run on noise.",
        mixinStandardHelpOptions = true,
        footer = {"", "A quantized folder is run in what it is quantized to. Ends with 1 where any two numbers differ."})
final class MemoryCommand implements Callable<Integer> {
    private static final int SAMPLE_RATE = 16_000;
    private static final double MOST_SECONDS = 300;
    private static final long SEED = 3;

    @Spec
    CommandSpec command;

    @Parameters(paramLabel = "MODEL", description = "FunASR model folder, or synth:… for random weights.")
    String model;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "5", description = "Length of the noise (default: 5).")
    double seconds;

    @Option(names = "--keep", split = ",", paramLabel = "N", description = "Numbers of encoder layers kept, the first ones (default: all, and half of them).")
    List<Integer> kept;

    @Mixin
    DeviceOption device;

    @Override
    public Integer call() {
        ModelFolder folder = ModelFolder.open(model);
        int layers = folder.config().encoder().numBlocks();
        List<Integer> counts = kept != null ? kept : layers > 1 ? List.of(layers, (layers + 1) / 2) : List.of(layers);
        if (counts.stream().anyMatch(count -> count < 1 || count > layers)) {
            throw new ParameterException(command.commandLine(), "--keep: expected 1 to " + layers + " layers of this model");
        }
        if (!(seconds >= 0.1 && seconds <= MOST_SECONDS)) {
            throw new ParameterException(command.commandLine(), "--seconds: expected 0.1 to " + (int) MOST_SECONDS);
        }
        LinearSchemes own = folder.schemes(null);
        List<LinearSchemes> all = own.stored() ? List.of(own) : Arrays.stream(Precision.values()).map(Precision::schemes).toList();
        System.out.printf(Locale.ROOT, "%-14s %7s %15s %15s %15s %15s%n", "precision", "layers", "weights", "found", "activations", "found");
        boolean same = true;
        try (Bench bench = Bench.open(device.spec())) {
            for (LinearSchemes schemes : all) {
                for (int count : counts) {
                    same &= row(bench, folder, schemes, count);
                }
            }
        }
        System.out.println(same ? "all equal, in bytes" : "not all equal");
        return same ? 0 : 1;
    }

    private boolean row(Bench bench, ModelFolder folder, LinearSchemes schemes, int count) {
        List<Layer> removed = Layer.removable(folder.config()).stream().filter(layer -> !layer.decoder() && layer.index() >= count).toList();
        LayerMask mask = removed.isEmpty() ? LayerMask.ALL : Layer.without(folder.config(), removed);
        LinearSchemes wanted = schemes.stored() ? null : schemes;
        long weights;
        long slab;
        BatchShape shape;
        try (Variant variant = bench.load(folder, mask, wanted)) {
            List<float[]> noise = List.of(noise());
            shape = variant.model().layout(noise).shape();
            variant.model().run(noise, null);
            weights = bench.weightBytes();
            slab = bench.slabBytes();
        }
        MemoryForecast forecast = MemoryForecast.of(folder, mask, wanted, shape);
        System.out.printf(Locale.ROOT, "%-14s %7d %15d %15d %15d %15d%n", schemes.title(), count, forecast.weightBytes(), weights, forecast.slabBytes(), slab);
        return forecast.weightBytes() == weights && forecast.slabBytes() == slab;
    }

    private float[] noise() {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] samples = new float[(int) (seconds * SAMPLE_RATE)];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (0.1 * (random.nextDouble() - random.nextDouble()));
        }
        return samples;
    }
}
