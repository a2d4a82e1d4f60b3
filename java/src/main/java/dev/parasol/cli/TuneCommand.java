package dev.parasol.cli;

import dev.parasol.files.FileErrors;
import dev.parasol.scoring.KaldiTable;
import dev.parasol.tuning.TuneCandidate;
import dev.parasol.tuning.TuneFiles;
import dev.parasol.tuning.TuneResult;
import dev.parasol.tuning.TuneText;
import dev.parasol.tuning.Tuner;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parasol tune}: the batch size at which speed and memory are in balance. */
@Command(
        name = "tune",
        description = "Measure ever larger batches on this machine until speed and memory are in balance, and recommend a precision where texts are given.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Each batch size is measured three times after a run that is not counted. It grows by doubling until two doublings in a row",
            "gain less than 5 %%, or until memory or --latency stops it; the balance is the smallest one within 5 %% of the best throughput.",
            "The folder gets tune.yaml (for transcribe --config), tune.json and tune.html with a plot, anew after each measurement."
        })
final class TuneCommand implements Callable<Integer> {
    @Spec
    CommandSpec command;

    @Mixin
    ModelOptions options;

    @Mixin
    DeviceOption device;

    @Option(names = "--latency", paramLabel = "MS", description = "The longest that 95 %% of the utterances may wait for their answer while two batches are asked for at any time.")
    Double latency;

    @Option(
            names = "--reference",
            paramLabel = "FILE",
            converter = FileName.class,
            description = "What is said, a line 'id text' for each recording, the id being the file's name without its ending: then fp16, int8,"
                    + " int8-weights and the candidates are compared, too.")
    String reference;

    @Option(names = "--error-budget", paramLabel = "P", defaultValue = "0.5", description = "Points by which word or character error may rise (default: ${DEFAULT-VALUE}).")
    double errorBudget;

    @Option(names = "--candidate", paramLabel = "DIR", converter = FileName.class, description = "Another folder of the model, pruned or quantized, to be compared; may be repeated.")
    List<String> candidates = List.of();

    @Option(names = "--out", paramLabel = "DIR", converter = FileName.class, defaultValue = "parasol-tune", description = "Folder for the results (default: ${DEFAULT-VALUE}).")
    String out;

    @Parameters(arity = "1..*", paramLabel = "AUDIO", converter = FileName.class, description = "Recordings like those that will come.")
    List<String> names;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (latency != null && !(latency > 0)) {
            throw new ParameterException(command.commandLine(), "--latency: expected more than 0 ms");
        }
        if (!(errorBudget >= 0)) {
            throw new ParameterException(command.commandLine(), "--error-budget: expected 0 or more points");
        }
        if (!candidates.isEmpty() && reference == null) {
            throw new ParameterException(command.commandLine(), "--candidate: models are compared by their errors, so --reference is wanted, too");
        }
        List<Path> files = names.stream().map(Path::of).toList();
        Tuner.Builder builder = Tuner.builder().model(options.choice.model).device(device.spec().toString()).precision(options.choice.precision)
                .keepLayers(options.choice.keepLayers).recordings(files).errorBudget(errorBudget).candidates(candidates);
        if (options.memory.limit != null) {
            builder.memoryLimit(options.memory.limit);
        }
        if (latency != null) {
            builder.latency(latency / 1000);
        }
        if (reference != null) {
            builder.references(references(files));
        }
        // The last to be measured, and so found out about before the first is.
        candidates.forEach(ModelFolder::open);
        Path folder = Output.folder(out);
        Output.checked(folder.resolve("tune.yaml").toString());
        Tuner tuner = builder.build();
        Printed printed = new Printed(folder);
        TuneResult result = tuner.tune(printed::more);
        System.out.println(TuneText.balance(result));
        result.candidates().forEach(candidate -> System.out.println(Printable.of(TuneText.candidate(result, candidate))));
        System.err.println("parasol: " + Printable.of(folder + ": tune.yaml, tune.json, tune.html"));
        return 0;
    }

    private Map<Path, String> references(List<Path> files) {
        Map<String, String> table = KaldiTable.read(Path.of(reference));
        Map<Path, String> texts = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        for (Path file : files) {
            String name = file.getFileName().toString();
            int dot = name.lastIndexOf('.');
            String id = dot > 0 ? name.substring(0, dot) : name;
            String text = table.containsKey(id) ? table.get(id) : table.get(name);
            if (text == null) {
                missing.add(id);
            } else {
                texts.put(file, text);
            }
        }
        if (!missing.isEmpty()) {
            throw new CommandException(reference + " has no line for " + missing.get(0) + (missing.size() > 1 ? " and " + (missing.size() - 1) + " others" : "")
                    + ", expected 'id text' for each recording");
        }
        return texts;
    }

    /** Tells each measurement as soon as it is there, in lines and in files, so that an interruption loses none. */
    private static final class Printed {
        private final Path folder;
        private int points;

        Printed(Path folder) {
            this.folder = folder;
        }

        void more(TuneResult result) {
            if (points == 0) {
                System.out.println(TuneText.heading());
            }
            for (; points < result.points().size(); points++) {
                System.out.println(TuneText.row(result.points().get(points)));
            }
            List<TuneCandidate> candidates = result.candidates();
            if (!candidates.isEmpty()) {
                TuneCandidate last = candidates.get(candidates.size() - 1);
                System.err.println("parasol: " + Printable.of("compared " + last.model() + " in " + last.point().precision()));
            }
            try {
                TuneFiles.write(result, folder);
            } catch (IOException e) {
                throw new CommandException(folder + " cannot be written: " + FileErrors.reason(e));
            }
        }
    }
}
