package dev.parasol.tools;

import dev.parasol.weights.ModelException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The weights tools' command line. Exit codes: 0 all went well, 1 something failed (its message says what), 2 wrong usage. */
@Command(
        name = "parasol-weights",
        description = "Look at, convert and research the weights of FunASR models.",
        mixinStandardHelpOptions = true,
        subcommands = {InspectCommand.class, ConvertCommand.class, CommandLine.HelpCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.setOut(utf8(FileDescriptor.out));
        System.setErr(utf8(FileDescriptor.err));
        System.exit(run(args));
    }

    /** Runs one command and returns its exit code. */
    static int run(String... args) {
        CommandLine line = new CommandLine(new Main());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        line.setExecutionExceptionHandler((e, command, result) -> {
            if (e instanceof ModelException || e instanceof IOException) {
                System.err.println("parasol-weights: " + e.getMessage());
                return 1;
            }
            throw e;
        });
        return line.execute(args);
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
