package dev.parasol.bench;

import dev.parasol.bench.figures.FiguresCommand;
import dev.parasol.bench.measure.MeasureCommand;
import dev.parasol.bench.micro.MicroCommand;
import dev.parasol.bench.peers.ExportCommand;
import dev.parasol.bench.service.ServiceCommand;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code all}: what {@code make bench} runs, on the software device whatever the machine has. */
@Command(name = "all", description = "What makes sense without a GPU, on the software device, which every line names: every kernel checked, small passes, a service, launches "
        + "beside C's, the export for the peers, the software device's GEMM speed and the microbenchmarks.", mixinStandardHelpOptions = true)
final class AllCommand implements Callable<Integer> {
    private static final String DEVICE = "--device=soft:0";

    @Option(names = "--out", defaultValue = "bench/target/software", paramLabel = "DIR", description = "Where the results go as JSON (default: ${DEFAULT-VALUE}).")
    Path out;

    @Option(names = "--thorough", description = "More iterations of the microbenchmarks.")
    boolean thorough;

    @Override
    public Integer call() {
        String micro = "--out=" + out.resolve("micro-software.json");
        return List.<IntSupplier>of(
                () -> new CommandLine(new MeasureCommand()).execute(DEVICE, "--out=" + out.resolve("parasol-software.json")),
                () -> new CommandLine(new ServiceCommand()).execute(DEVICE, "--out=" + out.resolve("service-software.json")),
                () -> new CommandLine(new ExportCommand()).execute(DEVICE, "--out=" + out.resolve("export"), "--result=" + out.resolve("accuracy-software.json")),
                () -> new CommandLine(new FiguresCommand()).execute("gemm", DEVICE),
                () -> thorough ? new CommandLine(new MicroCommand()).execute("--thorough", micro) : new CommandLine(new MicroCommand()).execute(micro))
                .stream().mapToInt(IntSupplier::getAsInt).max().orElse(0);
    }
}
