package dev.parasol.bench;

import dev.parasol.bench.figures.FiguresCommand;
import dev.parasol.bench.micro.MicroCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code all}: what {@code make bench} runs, on the software device whatever the machine has. */
@Command(name = "all", description = "What makes sense without a GPU: the software device's GEMM speed and the microbenchmarks.",
        mixinStandardHelpOptions = true)
final class AllCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        int figures = new CommandLine(new FiguresCommand()).execute("gemm", "--device", "soft:0");
        return Math.max(figures, new CommandLine(new MicroCommand()).execute());
    }
}
