package dev.parasol.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.cli.DeviceOption;
import dev.parasol.model.Precision;
import dev.parasol.scoring.ErrorRate;
import dev.parasol.tools.data.DataException;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.importance.Importance;
import dev.parasol.tools.importance.Metric;
import dev.parasol.tools.prune.Choice;
import dev.parasol.tools.prune.FfnChannels;
import dev.parasol.tools.prune.Heads;
import dev.parasol.tools.prune.Healing;
import dev.parasol.tools.prune.PrunedFolder;
import dev.parasol.tools.prune.TwoFourFit;
import dev.parasol.tools.quantize.Provenance;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Evaluator;
import dev.parasol.tools.run.Layer;
import dev.parasol.tools.run.PeakMemory;
import dev.parasol.tools.tensors.EditedCheckpoint;
import dev.parasol.tools.tensors.FolderWriter;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code prune}: a smaller model folder. */
@Command(
        name = "prune",
        description = "Write a model folder with layers, feed-forward channels, heads or weights removed.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The result is an ordinary folder: layers are numbered anew, and config.yaml says how many there are; pruning.json says how",
            "it came about. With --data and --text the error rate is shown before and after. Nothing is written when anything fails."
        })
final class PruneCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "MODEL", description = "FunASR model folder.")
    Path model;

    @Parameters(index = "1", paramLabel = "OUT", description = "Folder to write; it must not exist.")
    Path out;

    @ArgGroup
    Which which;

    /** Which layers go. */
    static final class Which {
        @Option(names = "--count", paramLabel = "N", description = "Remove the N least important layers.")
        Integer count;

        @Option(names = "--threshold", paramLabel = "T", description = "Remove the layers that score below T.")
        Double threshold;

        @Option(names = "--remove", split = ",", paramLabel = "LAYERS", description = "Remove these: 5,6,d1.")
        List<String> layers;

        @Option(names = "--error-budget", paramLabel = "P",
                description = "Remove greedily while the error rate on --data rises by at most P points.")
        Double budget;
    }

    @Option(names = "--metric", paramLabel = "M", defaultValue = "block_influence", description = "Of --count and --threshold (default: block_influence; see importance).")
    Metric metric;

    @Option(names = "--healing", paramLabel = "H", defaultValue = "ridge",
            description = "ridge (default), bias or none: mends the layer before each removed run on calibration recordings, in closed form; none needs no recordings.")
    Healing.Kind healing;

    @Option(names = "--ffn-units", paramLabel = "N", description = "Leave N inner channels in each feed-forward block of the encoder.")
    Integer units;

    @Option(names = "--silence-heads", paramLabel = "N", description = "Zero the N attention heads of the encoder that add least; nothing gets smaller by it.")
    Integer heads;

    @Option(names = "--sparse-2-4", description = "Zero two of every four neighbouring weights in the layers' matrices; an experiment, nothing gets smaller or faster by it.")
    boolean twoFour;

    @Option(names = "--format", paramLabel = "F", defaultValue = "safetensors", description = "safetensors (default) or pt, PyTorch's model.pt.")
    FolderWriter.Format format;

    @Mixin
    SpeechChoice speech;

    @Mixin
    DeviceOption device;

    private final ObjectNode provenance = new ObjectMapper().createObjectNode();

    @Override
    public Integer call() throws IOException {
        long started = System.nanoTime();
        ModelFolder folder = ModelFolder.open(model.toString());
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            Provenance.refuse(checkpoint);
            if (checkpoint.metadata().containsKey(ModelFolder.KEEP_LAYERS)) {
                throw new ModelException(checkpoint.source() + " holds a part of its layers already (" + ModelFolder.KEEP_LAYERS + "), expected a whole model");
            }
        }
        if (which == null && units == null && heads == null && !twoFour) {
            throw new DataException("nothing to remove: expected --count, --threshold, --remove, --error-budget, --ffn-units, --silence-heads or --sparse-2-4");
        }
        if (which != null && (which.count != null && which.count < 1 || which.threshold != null && which.threshold.isNaN()
                || which.budget != null && !(which.budget >= 0))) {
            throw new DataException("--count: expected at least 1; --threshold: expected a number; --error-budget: expected at least 0");
        }
        if (twoFour && healing != Healing.Kind.NONE && (units != null || heads != null)) {
            throw new DataException("--sparse-2-4 is not mended together with --ffn-units or --silence-heads: prune first, then prune the result");
        }
        FolderWriter writer = new FolderWriter(out).format(format);
        provenance.put("source", model.toString());
        if (twoFour) {
            provenance.put("sparse", "2:4");
        }
        long bytes;
        long before;
        List<Layer> removed;
        try (Bench bench = Bench.open(device.spec());
                TerminalBar bar = new TerminalBar("Pruning", -1)) {
            bar.message("choosing");
            removed = which == null ? List.of() : chosen(bench, folder, bar);
            Layer.without(folder.config(), removed);
            Map<String, HostTensor> changed = changed(bench, folder, removed, bar);
            bar.message("writing");
            before = weightBytes(folder);
            bytes = PrunedFolder.write(writer, folder, model, removed, changed, twoFour, units == null ? folder.config().encoder().linearUnits() : units,
                    provenance.toString());
            bar.message("measuring");
            report(bench, folder);
        }
        System.out.println("removed layers: " + (removed.isEmpty() ? "none" : String.join(" ", removed.stream().map(Layer::toString).toList())));
        System.out.printf(Locale.ROOT, "weights: %d bytes before, %d after (%.1f %%)%n", before, bytes, 100.0 * bytes / before);
        System.out.println(PeakMemory.text(started));
        return 0;
    }

    private List<Layer> chosen(Bench bench, ModelFolder folder, TerminalBar bar) {
        if (which.layers != null) {
            provenance.put("chosen_by", "list");
            return which.layers.stream().map(Layer::parse).distinct().sorted().toList();
        }
        boolean counting = which.budget != null || metric == Metric.LEAVE_ONE_OUT;
        Evaluator errors = counting ? new Evaluator(bench, Precision.FP16, speech.tests()) : null;
        Choice choice = new Choice(folder, new Importance(bench, folder, speech.calibration(), errors), layer -> bar.step());
        if (which.budget != null) {
            provenance.put("chosen_by", "greedy").put("error_budget", which.budget);
            return choice.within(errors, which.budget);
        }
        provenance.put("chosen_by", metric.label());
        return which.count != null ? choice.count(metric, which.count) : choice.below(metric, which.threshold);
    }

    private Map<String, HostTensor> changed(Bench bench, ModelFolder folder, List<Layer> removed, TerminalBar bar) {
        Map<String, HostTensor> changed = new TreeMap<>();
        removed.forEach(layer -> provenance.withArray("removed_layers").add(layer.toString()));
        boolean heal = !removed.isEmpty() && healing != Healing.Kind.NONE;
        boolean refit = twoFour && healing != Healing.Kind.NONE;
        if (!heal && units == null && heads == null && !refit) {
            return changed;
        }
        if (units == null && heads == null && speech.calibration == null && speech.data == null) {
            throw new DataException("--healing " + healing.name().toLowerCase(Locale.ROOT) + " needs recordings, expected --calibration or --data; --healing none goes without");
        }
        List<Speech> calibration = speech.calibration();
        provenance.put("calibration_seconds", calibration.stream().mapToDouble(Speech::seconds).sum());
        if (heal) {
            bar.message("healing");
            Healing.Result result = Healing.heal(bench, folder, removed, calibration, healing);
            changed.putAll(result.tensors());
            provenance.put("healing", healing.name().toLowerCase(Locale.ROOT));
            result.patches().forEach(p -> System.out.printf(Locale.ROOT, "layer %s takes over from %s: mean square of the difference %.4g before, %.4g after%n",
                    p.layer(), p.run(), p.before(), p.after()));
        }
        if (heads != null) {
            bar.message("heads");
            Heads.Result result = Heads.silence(bench, folder.withWeights(EditedCheckpoint.replacing(changed)), removed, calibration, heads);
            changed.putAll(result.tensors());
            result.heads().forEach(head -> provenance.withArray("silenced_heads").add(head));
            System.out.println("silenced heads (layer.head): " + String.join(" ", result.heads()));
        }
        if (units != null) {
            bar.message("feed-forward channels");
            changed.putAll(FfnChannels.prune(bench, folder.withWeights(EditedCheckpoint.replacing(changed)), removed, calibration, units,
                    healing == Healing.Kind.RIDGE));
            provenance.put("encoder_linear_units", units);
        }
        if (refit) {
            bar.message("2:4");
            changed.putAll(TwoFourFit.fit(bench, folder.withWeights(EditedCheckpoint.replacing(changed)), removed, calibration, healing));
            provenance.put("healing", healing.name().toLowerCase(Locale.ROOT));
        }
        return changed;
    }

    private void report(Bench bench, ModelFolder folder) {
        if (speech.text == null) {
            return;
        }
        Evaluator errors = new Evaluator(bench, Precision.FP16, speech.tests());
        Map<String, ErrorRate> whole = errors.rates(folder, List.of());
        Map<String, ErrorRate> pruned = errors.rates(ModelFolder.open(out.toString()), List.of());
        List<String> lines = new ArrayList<>();
        whole.forEach((set, rate) -> lines.add(String.format(Locale.ROOT, "errors, %s: %s before, %s after", set, text(rate), text(pruned.get(set)))));
        lines.forEach(System.out::println);
    }

    private static String text(ErrorRate rate) {
        return String.format(Locale.ROOT, "%.2f %% (%d of %d, 95 %%: %.2f to %.2f)", rate.percent(), rate.errors(), rate.units(), rate.low(), rate.high());
    }

    private static long weightBytes(ModelFolder folder) {
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            return checkpoint.names().stream().mapToLong(name -> checkpoint.info(name).bytes()).sum();
        }
    }
}
