package dev.parasol.tools;

import dev.parasol.cli.DeviceOption;
import dev.parasol.tools.data.AudioChoice;
import dev.parasol.tools.data.DataException;
import dev.parasol.tools.data.Pieces;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.quantize.Calibrated;
import dev.parasol.tools.quantize.Calibration;
import dev.parasol.tools.quantize.Candidate;
import dev.parasol.tools.quantize.Linear;
import dev.parasol.tools.quantize.LinearNoise;
import dev.parasol.tools.quantize.Provenance;
import dev.parasol.tools.quantize.QuantizedCheckpoint;
import dev.parasol.tools.quantize.SchemeChoice;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.PeakMemory;
import dev.parasol.tools.tensors.FolderWriter;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.WeightSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
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

        @Option(names = "--max-bytes", paramLabel = "N", description = "Least damage per byte saved, until the weights take at most N bytes.")
        Long bytes;
    }

    @Mixin
    DeviceOption device;

    @Override
    public Integer call() throws IOException {
        long started = System.nanoTime();
        List<LinearScheme> allowed = allowed();
        ModelFolder folder = ModelFolder.open(model.toString());
        long before = checked(folder);
        List<Speech> speech = audio == null ? List.of() : recordings();
        FolderWriter writer = new FolderWriter(out);
        Calibrated calibrated;
        Map<Linear, LinearScheme> chosen;
        List<Candidate> candidates;
        long bytes;
        try (TerminalBar bar = new TerminalBar("Quantizing", -1)) {
            calibrated = speech.isEmpty() ? Calibrated.without(folder) : calibrated(folder, speech, bar);
            Map<Linear, Float> scales = calibrated.scales(calibration);
            candidates = calibrated.candidates(scales, name -> show(bar, name));
            List<WeightSpec> required = ModelTensors.required(folder.config(), folder.keptLayers(LayerMask.ALL), folder.vocabulary().size(),
                    dev.parasol.cuda.DataType.F16);
            chosen = chosen(new SchemeChoice(candidates, allowed), required);
            bar.message("writing");
            try (Checkpoint weights = new QuantizedCheckpoint(calibrated.folder().openCheckpoint(), required, chosen, scales, provenance(chosen, speech).json())) {
                bytes = writer.write(aside -> FolderWriter.copySmallFiles(model, aside), weights);
            }
        }
        report(candidates, chosen);
        System.out.printf(Locale.ROOT, "weights: %d bytes before, %d after (%.1f %%)%n", before, bytes, 100.0 * bytes / before);
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
        if (alpha != null && !(alpha >= 0 && alpha <= 1)) {
            throw new ParameterException(command.commandLine(), "--smooth: expected 0 to 1");
        }
        return allowed;
    }

    private long checked(ModelFolder folder) {
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            if (checkpoint.metadata().containsKey(ModelFolder.QUANTIZATION)) {
                throw new ModelException(checkpoint.source() + " is quantized already, expected fp32 or fp16");
            }
            return checkpoint.names().stream().mapToLong(name -> checkpoint.info(name).bytes()).sum();
        }
    }

    private List<Speech> recordings() {
        List<Speech> speech = Pieces.of(AudioChoice.read(audio, null).speech());
        if (speech.isEmpty()) {
            throw new DataException(audio + ": every recording is empty");
        }
        return speech;
    }

    private Calibrated calibrated(ModelFolder folder, List<Speech> speech, TerminalBar bar) {
        try (Bench bench = Bench.open(device.spec())) {
            return Calibrated.on(bench, folder, speech, alpha == null ? Double.NaN : alpha, id -> show(bar, id));
        }
    }

    private static void show(TerminalBar bar, String what) {
        bar.step();
        bar.message(what);
    }

    private Map<Linear, LinearScheme> chosen(SchemeChoice choice, List<WeightSpec> required) {
        if (budget == null) {
            return choice.preferred();
        }
        if (budget.decibels != null) {
            return choice.withDamage(Math.pow(10, -budget.decibels / 10));
        }
        long linears = choice.preferred().keySet().stream().mapToLong(linear -> linear.bytes(2)).sum();
        long others = required.stream().mapToLong(spec -> java.util.stream.LongStream.of(spec.shape()).reduce(1, Math::multiplyExact) * spec.type().bytes()).sum() - linears;
        return choice.withBytes(budget.bytes - others);
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
