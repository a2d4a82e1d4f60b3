package dev.parasol.cli;

import dev.parasol.audio.AudioException;
import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.DeviceUnavailableException;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.memory.InstanceException;
import dev.parasol.pipeline.RecognitionException;
import dev.parasol.weights.ModelException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The command line. Standard output carries results only; progress, warnings and errors go to standard error; both are
 * UTF-8 in any locale. Exit codes: 0 all went well, 1 something failed (its message says what), 2 the command line was wrong.
 */
@Command(
        name = "parasol",
        description = "FunASR speech recognition on NVIDIA GPUs and on the software CUDA device.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            TranscribeCommand.class, StagesCommand.class, MemoryCommand.class, PlanCommand.class, ReplayCommand.class, DevicesCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "",
            "Options may be written with '-' or '_' (--batch-size-s, --batch_size_s).",
            "PARASOL_DEVICE chooses the device where --device does not (cuda:0, soft:0)."
        })
public final class Main {
    /** An option's name, up to its value if that is joined by '='. */
    private static final Pattern OPTION = Pattern.compile("^--[A-Za-z0-9_-]+(?==|$)");

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (Utf8Names.unreadable(args, System.getProperty("sun.jnu.encoding"))) {
            System.exit(Utf8Names.runAgain());
        }
        PrintStream out = utf8(FileDescriptor.out);
        PrintStream err = utf8(FileDescriptor.err);
        System.setOut(out);
        System.setErr(err);
        int code = run(args, out, err);
        out.flush();
        System.exit(code);
    }

    /** Runs one command and returns its exit code. */
    static int run(String[] args, PrintStream out, PrintStream err) {
        CommandLine line = new CommandLine(new Main());
        line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        // '@' begins the name of a file of layers, and may begin that of a recording.
        line.setExpandAtFiles(false);
        line.setExecutionExceptionHandler((e, command, result) -> {
            if (!expected(e)) {
                throw e;
            }
            err.println("parasol: " + e.getMessage());
            return 1;
        });
        int code = line.execute(oneSpelling(args));
        if (out.checkError() && code == 0) {
            // A PrintStream keeps silent about a full disk or a closed pipe.
            err.println("parasol: standard output cannot be written");
            return 1;
        }
        return code;
    }

    /** Failures that are an answer to the user's input or machine; anything else is a defect and keeps its stack trace. */
    private static boolean expected(Exception e) {
        return e instanceof ModelException
                || e instanceof AudioException
                || e instanceof CudaException
                || e instanceof DeviceUnavailableException
                || e instanceof DeviceMemoryExhausted
                || e instanceof InstanceException
                || e instanceof RecognitionException
                || e instanceof CommandException;
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

    /** The version written into the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"parasol " + (version == null ? "(not packaged)" : version)};
        }
    }
}
