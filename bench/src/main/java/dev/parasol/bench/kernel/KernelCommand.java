package dev.parasol.bench.kernel;

import dev.parasol.bench.DeviceOption;
import dev.parasol.bench.Scratch;
import dev.parasol.bench.result.ResultFile;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.DeviceUnavailableException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kernel NAME...}: times and checks single kernels in all their versions, with cuBLAS beside the products. */
@Command(name = "kernel", description = "Time and check single kernels; cuBLAS beside matrix products where libcublas.so.12 is found.", mixinStandardHelpOptions = true)
public final class KernelCommand implements Callable<Integer> {
    private enum Chosen { LIBRARY, ALL }

    @Mixin
    DeviceOption device;

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "gemm, attention, layer_norm, fsmn, ..., or all.")
    List<String> names;

    @Option(names = "--shape", paramLabel = "SIZES", description = "Such as 6000,1536,512 (default: the shapes of paraformer-large over 6000 packed frames).")
    String shape;

    @Option(names = "--versions", defaultValue = "library", description = "library: what the library would choose; all: every version (default: ${DEFAULT-VALUE}).")
    Chosen versions;

    @Option(names = "--check", description = "Compare with a reference in double precision on the host; exit code 1 when one is wrong.")
    boolean check;

    @Option(names = "--ceilings", negatable = true, defaultValue = "true", fallbackValue = "true", description = "Measure copy bandwidth and a large product first (default: ${DEFAULT-VALUE}).")
    boolean ceilings;

    @Option(names = "--out", paramLabel = "FILE", description = "All of it as JSON.")
    Path out;

    @Spec
    CommandSpec command;

    @Override
    public Integer call() {
        Catalogue catalogue = new Catalogue();
        List<String> chosen = names.contains("all") ? catalogue.names() : names;
        Shape given = parse(catalogue, chosen);
        DeviceSpec spec = device.select();
        try (Scratch scratch = new Scratch(spec)) {
            ResultFile results = new ResultFile(scratch.context(), out, System.out);
            results.line("device: " + DeviceOption.describe(spec) + ", " + scratch.context().properties().name());
            results.line("microseconds: median (tenth to ninetieth percentile) of rotated graph replays, and of one launch alone after the cache was overwritten");
            try (KernelRunner runner = new KernelRunner(scratch, results)) {
                if (ceilings) {
                    runner.ceilings();
                }
                for (String name : chosen) {
                    for (Shape each : given != null ? List.of(given) : catalogue.shapes(name, results.gpu())) {
                        runner.run(catalogue.cases(name, each, versions == Chosen.ALL), versions == Chosen.ALL, check);
                    }
                }
            }
            return results.wrong() == 0 ? 0 : 1;
        } catch (DeviceUnavailableException e) {
            System.err.println("parasol-bench: " + e.getMessage());
            return 1;
        }
    }

    /** The shape that was given, or null; wrong names and shapes are wrong usage. */
    private Shape parse(Catalogue catalogue, List<String> chosen) {
        try {
            Shape given = shape == null ? null : Shape.parse(shape);
            for (String name : chosen) {
                catalogue.form(name);
                if (given != null) {
                    catalogue.cases(name, given, true);
                }
            }
            return given;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage());
        }
    }
}
