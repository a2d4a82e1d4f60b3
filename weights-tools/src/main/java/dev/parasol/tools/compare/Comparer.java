package dev.parasol.tools.compare;

import dev.parasol.cuda.DeviceSpec;
import dev.parasol.model.StageRecorder;
import dev.parasol.model.StageTensor;
import dev.parasol.scoring.Edits;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Layer;
import dev.parasol.tools.run.Variant;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs models on the same recordings. Two models are on the device at once, and the stages of one recording in memory. Not thread-safe. */
public final class Comparer {
    private final DeviceSpec device;
    private final List<Speech> speech;
    private final boolean texts;
    private final Consumer<String> progress;

    /**
     * @param speech none of them empty
     * @param texts whether it is known what is said
     * @param progress is told of each recording before it is run
     */
    public Comparer(DeviceSpec device, List<Speech> speech, boolean texts, Consumer<String> progress) {
        this.device = device;
        this.speech = List.copyOf(speech);
        this.texts = texts;
        this.progress = progress;
    }

    /** Compares; {@link ModelException} when a model cannot be used, or its vocabulary is another. */
    public Comparison compare(ContenderChoice first, List<ContenderChoice> others) {
        List<Comparison.Other> found = new ArrayList<>();
        try (Bench bench = Bench.open(device);
                Variant base = first.load(bench)) {
            Contender one = contender(first, bench, base);
            for (ContenderChoice other : others) {
                try (Bench second = Bench.open(device);
                        Variant variant = other.load(second)) {
                    found.add(other(base, one, other, second, variant));
                }
            }
            return new Comparison(speech.size(), speech.stream().mapToDouble(Speech::seconds).sum(), one, List.copyOf(found));
        }
    }

    private Contender contender(ContenderChoice choice, Bench bench, Variant variant) {
        progress.accept(choice.name());
        variant.texts(speech.subList(0, 1));
        long start = System.nanoTime();
        List<Edits> edits = null;
        if (texts) {
            edits = variant.errors(speech);
        } else {
            variant.texts(speech);
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        return new Contender(choice.name(), choice.precisionText(), bytes(choice.folder()), bench.weightBytes(), seconds, edits);
    }

    private static long bytes(ModelFolder folder) {
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            return checkpoint.names().stream().mapToLong(name -> checkpoint.info(name).bytes()).sum();
        }
    }

    private Comparison.Other other(Variant base, Contender one, ContenderChoice choice, Bench bench, Variant variant) {
        if (!variant.model().vocabulary().tokens().equals(base.model().vocabulary().tokens())) {
            throw new ModelException(choice.name() + " has another vocabulary than " + one.name());
        }
        Contender contender = contender(choice, bench, variant);
        List<String> names = stages(base);
        names.retainAll(stages(variant));
        Map<String, Difference> differences = new LinkedHashMap<>();
        names.forEach(name -> differences.put(name, new Difference()));
        Divergence divergence = new Divergence();
        int apart = 0;
        for (Speech recording : speech) {
            progress.accept(contender.name() + " " + recording.id());
            Map<String, StageTensor> exact = run(base, recording, names);
            Map<String, StageTensor> ours = run(variant, recording, names);
            names.stream().filter(name -> exact.get(name).rows() == ours.get(name).rows())
                    .forEach(name -> differences.get(name).add(exact.get(name).floats(), ours.get(name).floats()));
            StageTensor log = exact.get(StageRecorder.LOG_PROBS);
            if (log.rows() == ours.get(StageRecorder.LOG_PROBS).rows()) {
                divergence.add(log.floats(), ours.get(StageRecorder.LOG_PROBS).floats(), base.model().vocabulary().size());
            } else {
                apart++;
            }
        }
        return new Comparison.Other(contender, differences, divergence, apart, texts ? PairedDifference.of(one.edits(), contender.edits()) : null);
    }

    private static Map<String, StageTensor> run(Variant variant, Speech speech, List<String> names) {
        Map<String, StageTensor> tensors = new LinkedHashMap<>();
        variant.stages(List.of(speech), names, stages -> names.forEach(name -> tensors.put(name, stages.stage(0, name))));
        return tensors;
    }

    private static List<String> stages(Variant variant) {
        List<String> names = new ArrayList<>();
        List<Layer> layers = Layer.kept(variant.model().config(), List.of());
        layers.stream().filter(layer -> !layer.decoder()).forEach(layer -> names.add(layer.output()));
        names.add("encoder_out");
        layers.stream().filter(Layer::decoder).forEach(layer -> names.add(layer.output()));
        names.add("decoder.decoders3.0.out");
        names.add(StageRecorder.LOG_PROBS);
        return names;
    }
}
