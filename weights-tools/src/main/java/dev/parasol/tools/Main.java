package dev.parasol.tools;

import dev.parasol.cli.Program;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The weights tools' command line, which behaves as {@link Program} says. */
@Command(
        name = Main.NAME,
        description = "Look at, convert and research the weights of FunASR models.",
        mixinStandardHelpOptions = true,
        subcommands = {InspectCommand.class, ConvertCommand.class, CompareCommand.class, ImportanceCommand.class, PruneCommand.class, QuantizeCommand.class, StudyCommand.class,
            SynthCommand.class, MemoryCommand.class, CommandLine.HelpCommand.class})
public final class Main {
    static final String NAME = "parasol-weights";

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) throws InterruptedException {
        Program.start(NAME, new Main(), args);
    }

    /** Runs one command and returns its exit code. */
    static int run(String... args) {
        return Program.run(NAME, new Main(), args, System.out, System.err);
    }
}
