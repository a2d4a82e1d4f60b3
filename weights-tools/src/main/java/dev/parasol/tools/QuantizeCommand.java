package dev.parasol.tools;

import dev.parasol.cli.DeviceOption;
import dev.parasol.scoring.ErrorRate;
import dev.parasol.tools.data.AudioChoice;
import dev.parasol.tools.data.DataException;
import dev.parasol.tools.data.Pieces;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.data.TestSet;
import dev.parasol.tools.quantize.Calibrated;
import dev.parasol.tools.quantize.Calibration;
import dev.parasol.tools.quantize.Candidate;
import dev.parasol.tools.quantize.Linear;
import dev.parasol.tools.quantize.LinearNoise;
import dev.parasol.tools.quantize.Provenance;
import dev.parasol.tools.quantize.SchemeChoice;
import dev.parasol.tools.quantize.Trial;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.PeakMemory;
import dev.parasol.tools.run.Variant;
import dev.parasol.tools.tensors.FolderWriter;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quantize}: a model folder whose linear layers are int8. */
@Command(
        name = "quantize",
        description = "Write a model folder whose linear layers are int8: all of them, or as many as a budget allows.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Schemes: int8-dynamic (activations int8 by their own scale), int8-static (by a calibrated one), int8-weights (weights alone, products in",
            "fp16), fp16. Without --audio nothing is known of activations, and budgets and int8-static cannot be had. CIF, norms and the output layer",
            "stay as they are. What inference does without (decoder.embed, hotword parts) is left out. Nothing is written when anything fails."
        })
final class QuantizeCommand implements Callable<Integer> {
    @Spec
    CommandSpec command;

    @Parameters(index = "0", paramLabel = "MODEL", description = "FunASR model folder.")
    Path model;

    @Parameters(index = "1", paramLabel = "OUT", description = "Folder to write; it must not exist.")
    Path out;

    @Option(names = "--schemes", split = ",", paramLabel = "S",
            description = "What a layer may have, the preferred first (default: int8-dynamic; with a budget int8-dynamic,int8-weights,fp16).")
    List<String> schemes;

    @Option(names = "--audio", paramLabel = "DIR|WAV.SCP", description = "Recordings for calibration, used in pieces of at most 8 s.")
    Path audio;

    @Option(names = "--calibration", paramLabel = "C", defaultValue = "MSE", description = "Of int8-static: max, percentile (99.99), entropy or mse (default).")
    Calibration calibration;

    @Option(names = "--smooth", paramLabel = "ALPHA", description = "Fold SmoothQuant into the norms, 0 to 1; 0.5 is usual (default: none).")
    Double alpha;

    @ArgGroup
    Budget budget;

    /** What decides on a layer's scheme. */
    static final class Budget {
        @Option(names = "--min-sqnr", paramLabel = "DB", description = "Each layer takes the first scheme whose output has that signal over noise.")
        Double decibels;

        @Option(names = "--error-budget", paramLabel = "P",
                description = "As few layers as need be leave the preferred scheme, the noisiest first, for the error rate on --audio to rise by at most P points; needs --reference.")
        Double points;

        @Option(names = "--max-bytes", paramLabel = "N", description = "Least damage per byte saved, until the file of weights takes at most N bytes.")
        Long bytes;

        private double least() {
            return decibels != null ? decibels : points != null ? points : bytes;
        }
    }

    @Option(names = "--reference", paramLabel = "TEXT", description = "What is said in --audio: lines 'id words'. Error rates before and after are shown.")
    Path reference;

    @Option(names = "--damage", paramLabel = "D", defaultValue = "NOISE",
            description = "What a scheme does to a layer: noise, that of the layer's output (default), or divergence, that of the model's output with this layer"
                    + " alone quantized, which takes a run for each layer and scheme.")
    Damage damage;

    /** How damage is measured. */
    enum Damage {
        NOISE,
        DIVERGENCE
    }

    @Mixin
    DeviceOption device;

    @Override
    public Integer call() throws IOException {
        long started = System.nanoTime();
        List<LinearScheme> allowed = allowed();
        ModelFolder folder = ModelFolder.open(model.toString());
        long before = checked(folder);
        TestSet recordings = audio == null ? null : AudioChoice.read(audio, reference);
        List<Speech> speech = recordings == null ? List.of() : pieces(recordings);
        FolderWriter writer = new FolderWriter(out);
        try (Bench bench = speech.isEmpty() ? null : Bench.open(device.spec());
                TerminalBar bar = new TerminalBar("Quantizing", -1)) {
            Calibrated calibrated = speech.isEmpty() ? Calibrated.without(folder)
                    : Calibrated.on(bench, folder, speech, alpha == null ? Double.NaN : alpha, id -> show(bar, id));
            Map<Linear, Float> scales = calibrated.scales(calibration);
            List<Candidate> candidates = calibrated.candidates(scales, name -> show(bar, name));
            Trial trial = new Trial(bench, calibrated, scales);
            List<Candidate> damages = damage == Damage.NOISE ? candidates
                    : trial.divergences(Linear.of(folder), allowed, speech, name -> show(bar, name));
            Map<Linear, LinearScheme> chosen = chosen(new SchemeChoice(damages, allowed), trial, folder, recordings, speech, writer, bar);
            bar.message("writing");
            long bytes;
            try (Checkpoint weights = trial.quantized(calibrated.folder().openCheckpoint(), chosen, provenance(chosen, speech).json())) {
                bytes = writer.write(aside -> FolderWriter.copySmallFiles(model, aside), weights);
            }
            report(candidates, chosen);
            System.out.printf(Locale.ROOT, "weights: %d bytes before, %d after (%.1f %%)%n", before, bytes, 100.0 * bytes / before);
            if (reference != null) {
                System.out.printf(Locale.ROOT, "errors: %s before, %s after%n", text(bench, folder, recordings), text(bench, ModelFolder.open(out.toString()), recordings));
            }
        }
        System.out.println(PeakMemory.text(started));
        return 0;
    }

    private List<LinearScheme> allowed() {
        List<LinearScheme> allowed = schemes != null ? schemes.stream().map(LinearScheme::parse).distinct().toList()
                : budget == null ? List.of(LinearScheme.INT8_DYNAMIC)
                : List.of(LinearScheme.INT8_DYNAMIC, LinearScheme.INT8_WEIGHTS, LinearScheme.FP16);
        if (budget == null && allowed.size() > 1) {
            throw new ParameterException(command.commandLine(), "--schemes: without a budget expected one scheme");
        }
        if (audio == null && (budget != null || alpha != null || allowed.contains(LinearScheme.INT8_STATIC))) {
            throw new ParameterException(command.commandLine(), "--audio: recordings are needed for budgets, --smooth and int8-static");
        }
        if (reference == null && budget != null && budget.points != null || reference != null && audio == null) {
            throw new ParameterException(command.commandLine(), "--reference: expected with --error-budget, and with --audio");
        }
        if (damage == Damage.DIVERGENCE && (budget == null || budget.decibels != null)) {
            throw new ParameterException(command.commandLine(), "--damage: divergence decides under --max-bytes and --error-budget");
        }
        if (budget != null && !(budget.least() >= 0 && budget.least() < Double.POSITIVE_INFINITY)) {
            throw new ParameterException(command.commandLine(), "--min-sqnr, --error-budget, --max-bytes: expected a number of at least 0");
        }
        if (alpha != null && !(alpha >= 0 && alpha <= 1)) {
            throw new ParameterException(command.commandLine(), "--smooth: expected 0 to 1");
        }
        return allowed;
    }

    private long checked(ModelFolder folder) {
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            Provenance.refuse(checkpoint);
            return checkpoint.names().stream().mapToLong(name -> checkpoint.info(name).bytes()).sum();
        }
    }

    private List<Speech> pieces(TestSet recordings) {
        List<Speech> speech = Pieces.of(recordings.speech());
        if (speech.isEmpty()) {
            throw new DataException(audio + ": every recording is empty");
        }
        return speech;
    }

    private static String text(Bench bench, ModelFolder folder, TestSet recordings) {
        try (Variant variant = bench.load(folder, LayerMask.ALL, (LinearSchemes) null)) {
            ErrorRate rate = ErrorRate.of(variant.errors(recordings.speech()));
            return String.format(Locale.ROOT, "%.2f %% (%d of %d, 95 %%: %.2f to %.2f)", rate.percent(), rate.errors(), rate.units(), rate.low(), rate.high());
        }
    }

    private static void show(TerminalBar bar, String what) {
        bar.step();
        bar.message(what);
    }

    private Map<Linear, LinearScheme> chosen(SchemeChoice choice, Trial trial, ModelFolder folder, TestSet recordings, List<Speech> speech, FolderWriter writer,
            TerminalBar bar) {
        if (budget == null) {
            return choice.preferred();
        }
        if (budget.decibels != null) {
            return choice.withDamage(Math.pow(10, -budget.decibels / 10));
        }
        if (budget.points != null) {
            List<Speech> spoken = recordings.speech();
            double most = trial.rate(Map.of(), spoken).percent() + budget.points;
            return choice.until(schemes -> {
                show(bar, "errors");
                return trial.rate(schemes, spoken).percent() <= most;
            });
        }
        return withinBytes(choice, trial, folder, speech, writer);
    }

    /** Budgets layers with what the file has left for them, and less as long as its header, which names the schemes, takes too much. */
    private Map<Linear, LinearScheme> withinBytes(SchemeChoice choice, Trial trial, ModelFolder folder, List<Speech> speech, FolderWriter writer) {
        List<String> matrices = Linear.of(folder).stream().map(Linear::weight).toList();
        long left = budget.bytes - Trial.required(folder).stream().filter(spec -> !matrices.contains(spec.name()))
                .mapToLong(spec -> LongStream.of(spec.shape()).reduce(1, Math::multiplyExact) * spec.type().bytes()).sum();
        while (true) {
            Map<Linear, LinearScheme> chosen = choice.withBytes(left);
            long over;
            try (Checkpoint weights = trial.quantized(folder.openCheckpoint(), chosen, provenance(chosen, speech).json())) {
                over = writer.bytes(weights) - budget.bytes;
            }
            if (over <= 0) {
                return chosen;
            }
            left -= over;
        }
    }

    private Provenance provenance(Map<Linear, LinearScheme> chosen, List<Speech> speech) {
        Provenance provenance = new Provenance(chosen);
        if (!speech.isEmpty()) {
            provenance.calibrated(chosen.containsValue(LinearScheme.INT8_STATIC) ? calibration : null, speech);
        }
        if (alpha != null) {
            provenance.smooth(alpha);
        }
        return provenance.tool(Main.NAME + " " + String.join(" ", command.commandLine().getParseResult().originalArgs()));
    }

    private static void report(List<Candidate> candidates, Map<Linear, LinearScheme> chosen) {
        Map<LinearScheme, Integer> counts = new EnumMap<>(LinearScheme.class);
        for (Candidate candidate : candidates) {
            LinearScheme scheme = chosen.get(candidate.linear());
            counts.merge(scheme, 1, Integer::sum);
            if (!candidate.damage().isEmpty()) {
                System.out.printf(Locale.ROOT, "%-50s %-13s %6.1f dB%n", candidate.linear().name(), scheme.text(),
                        LinearNoise.decibels(candidate.damage().get(scheme)));
            }
        }
        counts.forEach((scheme, count) -> System.out.println(count + " layers " + scheme.text()));
    }
}
