package dev.parasol.tools;

import dev.parasol.cli.DeviceOption;
import dev.parasol.model.Precision;
import dev.parasol.tools.data.DataException;
import dev.parasol.tools.importance.Metric;
import dev.parasol.tools.prune.Healing;
import dev.parasol.tools.prune.Reduction;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Layer;
import dev.parasol.tools.study.Study;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code study}: every curve of a model. */
@Command(
        name = "study",
        description = "Measure errors by number of layers removed, for each importance metric and at random, with and without healing.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "OUT gets pruning.csv, pruning.json, plots (PNG), reductions.csv, and journal.jsonl: a run that was stopped goes on where it was,",
            "and one with more counts, metrics or seeds measures only what is new."
        })
final class StudyCommand implements Callable<Integer> {
    private static final int MOST = 12;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "FunASR model folder.")
    String model;

    @Option(names = "--out", required = true, paramLabel = "OUT", description = "Folder for results; it may hold an earlier run's.")
    Path out;

    @Mixin
    SpeechChoice speech;

    @Mixin
    DeviceOption device;

    @Option(names = "--counts", split = ",", paramLabel = "N", description = "Numbers of layers removed (default: 1 to 12, as far as the model goes).")
    List<Integer> counts;

    @Option(names = "--metrics", split = ",", paramLabel = "M", description = "block_influence, angular, cka, taylor, leave_one_out (default: all).")
    List<Metric> metrics = List.of(Metric.values());

    @Option(names = "--seeds", paramLabel = "N", defaultValue = "5", description = "Random removals (default: 5).")
    int seeds;

    @Option(names = "--greedy", paramLabel = "N", defaultValue = "0",
            description = "Also remove, one after another, the N layers that cost least. Takes a measurement for each layer at each step.")
    int greedy;

    @Option(names = "--healing", split = ",", paramLabel = "H", description = "none, bias, ridge (default: none,ridge).")
    List<Healing.Kind> healing = List.of(Healing.Kind.NONE, Healing.Kind.RIDGE);

    @Option(names = "--reductions", split = ",", paramLabel = "R",
            description = "Also measure, each by itself: ffn-N (N feed-forward channels left), heads-N (N heads silent), 2-4 (2:4 sparse), by every way to mend them.")
    List<String> reductions = List.of();

    @Option(names = "--precision", paramLabel = "P", defaultValue = "fp16", description = "fp16 (default) or fp32, of what is measured.")
    Precision precision;

    @Option(names = "--quantization", description = "Measure the model quantized in every way in place of pruning: quantization.csv and .json.")
    boolean quantization;

    @Override
    public Integer call() throws IOException {
        ModelFolder folder = ModelFolder.open(model);
        int most = Math.min(folder.config().encoder().numBlocks() - 1, Layer.removable(folder.config()).size() - 1);
        List<Integer> removed = counts == null ? IntStream.rangeClosed(1, Math.min(MOST, most)).boxed().toList() : counts.stream().sorted().distinct().toList();
        if (removed.isEmpty() || removed.get(0) < 1 || removed.get(removed.size() - 1) > most) {
            throw new DataException("--counts: expected 1 to " + most + " layers of this model");
        }
        if (greedy < 0 || greedy > most || seeds < 0) {
            throw new DataException("--greedy: expected 0 to " + most + " layers of this model; --seeds: expected at least 0");
        }
        Study study = new Study(new Study.Settings(speech.tests(), speech.calibration(), removed, metrics, seeds, greedy, healing,
                reductions.stream().distinct().map(Reduction::parse).toList(), precision));
        try (Bench bench = Bench.open(device.spec());
                TerminalBar bar = new TerminalBar("Measuring", -1)) {
            Consumer<String> progress = what -> {
                bar.step();
                bar.message(what);
            };
            if (quantization) {
                study.quantization(bench, folder, out, progress);
            } else {
                study.run(bench, folder, out, progress);
            }
        }
        System.out.println(out.resolve(quantization ? "quantization.csv" : "pruning.csv"));
        if (!quantization && !reductions.isEmpty()) {
            System.out.print(Files.readString(out.resolve("reductions.csv")));
        }
        return 0;
    }
}
