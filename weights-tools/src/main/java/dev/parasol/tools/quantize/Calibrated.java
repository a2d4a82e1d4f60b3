package dev.parasol.tools.quantize;

import dev.parasol.model.Precision;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Variant;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A model whose linear layers' inputs were looked at, with SmoothQuant folded in where that was asked for. Immutable. */
public final class Calibrated {
    private final ModelFolder folder;
    private final Map<Linear, InputStatistics> inputs;

    private Calibrated(ModelFolder folder, Map<Linear, InputStatistics> inputs) {
        this.folder = folder;
        this.inputs = inputs;
    }

    /** A model that nothing is known of but its weights. */
    public static Calibrated without(ModelFolder folder) {
        return new Calibrated(folder, Map.of());
    }

    /**
     * Runs recordings, none of them empty, through the model in fp32; twice where SmoothQuant is asked for, since it changes the inputs.
     *
     * @param alpha of {@link SmoothQuant}, or NaN for none
     * @param progress is told of each recording before it is run
     */
    public static Calibrated on(Bench bench, ModelFolder folder, List<Speech> speech, double alpha, Consumer<String> progress) {
        Map<Linear, InputStatistics> inputs = gather(bench, folder, speech, progress);
        if (Double.isNaN(alpha)) {
            return new Calibrated(folder, inputs);
        }
        Map<Linear, float[]> factors;
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            factors = SmoothQuant.factors(checkpoint, inputs, alpha);
        }
        ModelFolder smoothed = folder.withWeights(checkpoint -> new SmoothedCheckpoint(checkpoint, factors));
        return new Calibrated(smoothed, gather(bench, smoothed, speech, progress));
    }

    private static Map<Linear, InputStatistics> gather(Bench bench, ModelFolder folder, List<Speech> speech, Consumer<String> progress) {
        try (Variant variant = bench.load(folder, LayerMask.ALL, Precision.FP32)) {
            return InputStatistics.gather(variant, speech, Linear.of(folder), progress);
        }
    }

    /** The model, SmoothQuant folded in. */
    public ModelFolder folder() {
        return folder;
    }

    /** Whether inputs were looked at. */
    public boolean measured() {
        return !inputs.isEmpty();
    }

    /** The scale of each layer's input. */
    public Map<Linear, Float> scales(Calibration calibration) {
        Map<Linear, Float> scales = new LinkedHashMap<>();
        inputs.forEach((linear, statistics) -> scales.put(linear, calibration.scale(statistics.magnitudes())));
        return scales;
    }

    /**
     * The noise that each scheme makes in each layer; of a model that was not measured, none.
     *
     * @param scales of static layers
     */
    public List<Candidate> candidates(Map<Linear, Float> scales, Consumer<String> progress) {
        List<Candidate> candidates = new ArrayList<>();
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            for (Linear linear : Linear.of(folder)) {
                progress.accept(linear.name());
                Map<LinearScheme, Double> noise = measured()
                        ? LinearNoise.of(linear, HostTensor.read(checkpoint, linear.weight()), inputs.get(linear).sample(), scales.getOrDefault(linear, Float.NaN))
                        : Map.of();
                candidates.add(new Candidate(linear, noise));
            }
        }
        return candidates;
    }
}
