package dev.parasol.cli;

import dev.parasol.memory.PlanInstance;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parasol plan}: the activation planner on a placement problem from a file. */
@Command(
        name = "plan",
        description = "Place the buffers of a file (id,lower,upper,size; life times half open) in as little memory as possible, verify the"
                + " placement, and print lower_bound, greedy, best, ratio, seconds and optimal.",
        mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
    private static final double MAX_SECONDS = 86_400;

    @Spec
    CommandSpec command;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "10", description = "Time for the search (default: ${DEFAULT-VALUE}).")
    double seconds;

    @Parameters(paramLabel = "FILE.csv", converter = FileName.class, description = "The problem.")
    String file;

    @Override
    public Integer call() {
        if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
            throw new ParameterException(command.commandLine(), "--seconds " + seconds + " is not between 0 and " + MAX_SECONDS);
        }
        System.out.print(PlanInstance.read(Path.of(file)).solve(seconds).toText());
        return 0;
    }
}
