package dev.parasol.bench.figures;

import dev.parasol.bench.DeviceOption;
import dev.parasol.bench.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code figures NAME...}: each figure in a table, with a verdict. */
@Command(
        name = "figures",
        description = "Take the figures that Parasol is held to: frontend, stages, texts, timestamps, vad, punctuation, speaker, long, batching, batches, int8, bad-input, gemm, large, launches, defrag, memory, service, or all.",
        mixinStandardHelpOptions = true)
public final class FiguresCommand implements Callable<Integer> {
    private enum Name {
        FRONTEND(new FrontendFigure()),
        STAGES(new StagesFigure()),
        TEXTS(new TextsFigure()),
        TIMESTAMPS(new TimestampsFigure()),
        VAD(new VadFigure()),
        PUNCTUATION(new PunctuationFigure()),
        SPEAKER(new SpeakerFigure()),
        LONG(new LongFigure()),
        BATCHING(new BatchingFigure()),
        BATCHES(new BatchesFigure()),
        INT8(new Int8Figure()),
        BAD_INPUT(new BadInputFigure()),
        GEMM(new GemmFigure()),
        LARGE(new LargeFigure()),
        LAUNCHES(new LaunchesFigure()),
        DEFRAG(new DefragFigure()),
        MEMORY(new MemoryFigure()),
        SERVICE(new ServiceFigure());

        private final Figure figure;

        Name(Figure figure) {
            this.figure = figure;
        }

        String spelled() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Mixin
    DeviceOption device;

    @Option(names = "--shared", defaultValue = "../shared", paramLabel = "DIR", description = "Models, recordings and FunASR's results (default: ${DEFAULT-VALUE}).")
    Path shared;

    @Option(names = "--jar", defaultValue = "java/target/parasol.jar", paramLabel = "JAR", description = "The command line's jar (default: ${DEFAULT-VALUE}).")
    Path jar;

    @Option(names = "--weights-jar", defaultValue = "weights-tools/target/parasol-weights.jar", paramLabel = "JAR",
            description = "The weights tools' jar, which quantizes for int8 (default: ${DEFAULT-VALUE}).")
    Path weightsJar;

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Figures.")
    List<String> names;

    @Spec
    CommandSpec command;

    @Override
    public Integer call() throws IOException {
        if (!Files.isDirectory(shared) && chosen().stream().anyMatch(name -> name != Name.GEMM && name != Name.LARGE && name != Name.DEFRAG)) {
            throw new ParameterException(command.commandLine(), shared + " is no folder, expected the reference material (--shared DIR)");
        }
        Setting setting = new Setting(device.select(), shared, jar, weightsJar);
        Report report = new Report(System.out);
        System.out.println("device: " + DeviceOption.describe(setting.device()));
        for (Name name : chosen()) {
            long start = System.nanoTime();
            name.figure.take(setting, report);
            report.note(String.format(Locale.ROOT, "%s took %.1f s", name.spelled(), (System.nanoTime() - start) / 1e9));
        }
        return report.finish("figures " + String.join(" ", names));
    }

    private Set<Name> chosen() {
        Set<Name> chosen = new LinkedHashSet<>();
        for (String name : names) {
            if (name.equals("all")) {
                chosen.addAll(List.of(Name.values()));
            } else {
                chosen.add(List.of(Name.values()).stream().filter(n -> n.spelled().equals(name)).findFirst()
                        .orElseThrow(() -> new ParameterException(command.commandLine(), "there is no figure '" + name + "'")));
            }
        }
        return chosen;
    }
}
