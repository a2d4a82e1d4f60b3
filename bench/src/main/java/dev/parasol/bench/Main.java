package dev.parasol.bench;

import dev.parasol.bench.check.CheckCommand;
import dev.parasol.bench.check.WrapperOutputs;
import dev.parasol.bench.figures.FiguresCommand;
import dev.parasol.bench.figures.GemmSpeed;
import dev.parasol.bench.gpu.GpuCommand;
import dev.parasol.bench.micro.MicroCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Benchmarks and device checks. Exit codes: 0 all held, 1 something did not, 2 the command line was wrong. */
@Command(
        name = "parasol-bench",
        description = "Parasol's figures, device checks and benchmarks.",
        mixinStandardHelpOptions = true,
        subcommands = {
            AllCommand.class, FiguresCommand.class, CheckCommand.class, GpuCommand.class, MicroCommand.class, WrapperOutputs.class, GemmSpeed.class,
            CommandLine.HelpCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
    }
}
