package dev.parasol.tools.quantize;

import dev.parasol.cuda.DataType;
import dev.parasol.model.StageRecorder;
import dev.parasol.model.StageTensor;
import dev.parasol.scoring.Edits;
import dev.parasol.scoring.ErrorRate;
import dev.parasol.tools.compare.Divergence;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Variant;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.WeightSpec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A calibrated model run with chosen schemes, as if it had been written and read again. Not thread-safe. */
public final class Trial {
    private final Bench bench;
    private final ModelFolder folder;
    private final Map<Linear, Float> scales;

    public Trial(Bench bench, Calibrated calibrated, Map<Linear, Float> scales) {
        this.bench = bench;
        this.folder = calibrated.folder();
        this.scales = scales;
    }

    /** What inference needs of a model, before anything is quantized. */
    public static List<WeightSpec> required(ModelFolder folder) {
        return ModelTensors.required(folder.config(), folder.keptLayers(LayerMask.ALL), folder.vocabulary().size(), DataType.F16);
    }

    /** The model with these schemes, not written anywhere. */
    public ModelFolder folder(Map<Linear, LinearScheme> schemes) {
        String provenance = new Provenance(schemes).json();
        return folder.withWeights(checkpoint -> quantized(checkpoint, schemes, provenance));
    }

    /** The checkpoint with these schemes. */
    public QuantizedCheckpoint quantized(Checkpoint source, Map<Linear, LinearScheme> schemes, String provenance) {
        return new QuantizedCheckpoint(source, required(folder), schemes, scales, provenance);
    }

    /** The errors in each recording; every layer that is not named is fp16. */
    public List<Edits> errors(Map<Linear, LinearScheme> schemes, List<Speech> speech) {
        try (Variant variant = load(schemes)) {
            return variant.errors(speech);
        }
    }

    /** The error rate of the same. */
    public ErrorRate rate(Map<Linear, LinearScheme> schemes, List<Speech> speech) {
        return ErrorRate.of(errors(schemes, speech));
    }

    private Variant load(Map<Linear, LinearScheme> schemes) {
        return bench.load(folder(schemes), LayerMask.ALL, (LinearSchemes) null);
    }

    /**
     * Every layer with the damage that each scheme does to the model's output when this layer alone has it: divergence from fp16, where all numbers of
     * tokens are the same; a recording with another number counts as if every token's divergence were 1. fp16 does none.
     *
     * @param progress is told of each layer and scheme before it is run
     */
    public List<Candidate> divergences(List<Linear> linears, List<LinearScheme> allowed, List<Speech> speech, Consumer<String> progress) {
        Map<String, StageTensor> exact = outputs(Map.of(), speech);
        List<Candidate> candidates = new ArrayList<>();
        for (Linear linear : linears) {
            Map<LinearScheme, Double> damage = new EnumMap<>(LinearScheme.class);
            for (LinearScheme scheme : allowed) {
                if (scheme == LinearScheme.FP16) {
                    damage.put(scheme, 0.0);
                } else {
                    progress.accept(linear.name() + " " + scheme.text());
                    damage.put(scheme, divergence(exact, outputs(Map.of(linear, scheme), speech)));
                }
            }
            candidates.add(new Candidate(linear, damage));
        }
        return candidates;
    }

    private Map<String, StageTensor> outputs(Map<Linear, LinearScheme> schemes, List<Speech> speech) {
        Map<String, StageTensor> outputs = new HashMap<>();
        try (Variant variant = load(schemes)) {
            for (Speech one : speech) {
                variant.stages(List.of(one), List.of(StageRecorder.LOG_PROBS), stages -> outputs.put(one.id(), stages.stage(0, StageRecorder.LOG_PROBS)));
            }
        }
        return outputs;
    }

    private static double divergence(Map<String, StageTensor> exact, Map<String, StageTensor> found) {
        double sum = 0;
        long tokens = 0;
        for (Map.Entry<String, StageTensor> one : exact.entrySet()) {
            StageTensor expected = one.getValue();
            StageTensor other = found.get(one.getKey());
            int rows = expected.rows();
            tokens += rows;
            if (rows == other.rows()) {
                Divergence divergence = new Divergence();
                divergence.add(expected.floats(), other.floats(), Math.toIntExact(expected.shape()[1]));
                sum += divergence.mean() * rows;
            } else {
                sum += rows;
            }
        }
        return tokens == 0 ? 0 : sum / tokens;
    }
}
