package dev.parasol.cli;

import dev.parasol.audio.AudioException;
import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.DeviceUnavailableException;
import dev.parasol.files.FileErrors;
import dev.parasol.files.TemporaryFolder;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.memory.InstanceException;
import dev.parasol.memory.MemoryReport;
import dev.parasol.pipeline.JournalException;
import dev.parasol.pipeline.RecognitionException;
import dev.parasol.scoring.TableException;
import dev.parasol.weights.ModelException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What every command line of this project does alike. Standard output carries results only; progress, warnings and errors
 * go to standard error; both are UTF-8 in any locale. Exit codes: 0 all went well, 1 something failed (its message says
 * what), 2 the command line was wrong. A failure that is an answer to the user's input or machine is one line; anything
 * else is a defect and keeps its stack trace.
 */
public final class Program {
    /** An option's name, up to its value if that is joined by '='. */
    private static final Pattern OPTION = Pattern.compile("^--[A-Za-z0-9_-]+(?==|$)");
    private static final List<Class<? extends Exception>> ANSWERS = List.of(ModelException.class, AudioException.class, CudaException.class,
            DeviceUnavailableException.class, DeviceMemoryExhausted.class, InstanceException.class, TableException.class, RecognitionException.class, JournalException.class,
            CommandException.class, IOException.class);

    private final String name;
    private final PrintStream err;

    private Program(String name, PrintStream err) {
        this.name = name;
        this.err = err;
    }

    /**
     * Runs one command and ends the process with its exit code.
     *
     * @param name what begins each line of a message
     * @param command picocli's description of all commands
     */
    public static void start(String name, Object command, String[] args) throws InterruptedException {
        PrintStream out = utf8(FileDescriptor.out);
        PrintStream err = utf8(FileDescriptor.err);
        System.setOut(out);
        System.setErr(err);
        if (Utf8Names.needed(args)) {
            try {
                System.exit(Utf8Names.runAgain());
            } catch (IOException e) {
                err.println(name + ": names beyond ASCII cannot be read in this locale, set LC_ALL=C.UTF-8: " + TemporaryFolder.unusable(e));
                System.exit(1);
            }
        }
        int code = run(name, command, args, out, err);
        out.flush();
        System.exit(code);
    }

    /** Runs one command and returns its exit code; {@code out} and {@code err} take help, wrong usage and failures. */
    public static int run(String name, Object command, String[] args, PrintStream out, PrintStream err) {
        return new Program(name, err).run(command, args, out);
    }

    private int run(Object command, String[] args, PrintStream out) {
        CommandLine line = new CommandLine(command);
        line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        // '@' begins the name of a file of layers, and may begin that of a recording.
        line.setExpandAtFiles(false);
        line.setParameterExceptionHandler((e, words) -> misused(unknownFirst(e)));
        line.setExecutionExceptionHandler((e, failed, result) -> {
            if (ANSWERS.stream().noneMatch(type -> type.isInstance(e))) {
                throw e;
            }
            return fail(e instanceof IOException io ? FileErrors.describe(io) : e.getMessage());
        });
        int code;
        try {
            code = line.execute(oneSpelling(args));
        } catch (OutOfMemoryError e) {
            return fail("Java's memory is too small (" + e.getMessage() + ", at most " + MemoryReport.size(Runtime.getRuntime().maxMemory())
                    + "); more is given with java -Xmx");
        }
        // A PrintStream keeps silent about a full disk or a closed pipe.
        return out.checkError() && code == 0 ? fail("standard output cannot be written") : code;
    }

    private int fail(String message) {
        err.println(name + ": " + Printable.of(message));
        return 1;
    }

    /** The message stays in sight: all options of a command would push it off the screen. */
    private int misused(ParameterException e) {
        CommandLine command = e.getCommandLine();
        String words = command.getCommandSpec().qualifiedName();
        err.println(words + ": " + Printable.of(e.getMessage()));
        UnmatchedArgumentException.printSuggestions(e, command.getErr());
        if (command.getParseResult() != null && command.getParseResult().originalArgs().isEmpty()) {
            command.usage(command.getErr());    // somebody is looking around
        } else {
            err.println("'" + words + " --help' tells what there is.");
        }
        return 2;
    }

    /** An option that is misspelt leaves the right one missing: the cause is told, not the consequence. */
    private static ParameterException unknownFirst(ParameterException e) {
        List<String> unknown = e.getCommandLine().getUnmatchedArguments();
        return e instanceof MissingParameterException && !unknown.isEmpty() ? new UnmatchedArgumentException(e.getCommandLine(), unknown) : e;
    }

    /** FunASR spells options with '_'; the declared names have '-'. What follows "--" is left alone. */
    static String[] oneSpelling(String[] args) {
        String[] result = args.clone();
        for (int i = 0; i < result.length && !result[i].equals("--"); i++) {
            Matcher option = OPTION.matcher(result[i]);
            if (option.find()) {
                result[i] = option.group().replace('_', '-') + result[i].substring(option.end());
            }
        }
        return result;
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
