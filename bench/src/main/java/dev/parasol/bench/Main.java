package dev.parasol.bench;

import dev.parasol.bench.check.CheckCommand;
import dev.parasol.bench.check.WrapperOutputs;
import dev.parasol.bench.figures.FiguresCommand;
import dev.parasol.bench.figures.GemmSpeed;
import dev.parasol.bench.kernel.KernelCommand;
import dev.parasol.bench.kernel.TuneCommand;
import dev.parasol.bench.measure.MeasureCommand;
import dev.parasol.bench.micro.MicroCommand;
import dev.parasol.bench.peers.ExportCommand;
import dev.parasol.bench.report.ReportCommand;
import dev.parasol.bench.service.ServiceCommand;
import dev.parasol.cli.Program;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Benchmarks and device checks: the command line, which behaves as {@link Program} says. */
@Command(
        name = Main.NAME,
        description = "Parasol's figures, device checks and benchmarks.",
        mixinStandardHelpOptions = true,
        subcommands = {
            AllCommand.class, FiguresCommand.class, CheckCommand.class, KernelCommand.class, TuneCommand.class, MeasureCommand.class, ServiceCommand.class, ExportCommand.class, ReportCommand.class,
            MicroCommand.class, WrapperOutputs.class, GemmSpeed.class,
            CommandLine.HelpCommand.class
        })
public final class Main {
    static final String NAME = "parasol-bench";

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) throws InterruptedException {
        Program.start(NAME, new Main(), args);
    }
}
