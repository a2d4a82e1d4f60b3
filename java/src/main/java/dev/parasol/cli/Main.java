package dev.parasol.cli;

import java.io.PrintStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command line, which behaves as {@link Program} says. */
@Command(
        name = Main.NAME,
        description = "FunASR speech recognition on NVIDIA GPUs and on the software CUDA device.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            TranscribeCommand.class, PunctuateCommand.class, VadCommand.class, EmbedCommand.class, TuneCommand.class, StagesCommand.class, MemoryCommand.class, PlanCommand.class, ReplayCommand.class,
            DevicesCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "",
            "Options may be written with '-' or '_' (--batch-size-s, --batch_size_s).",
            "PARASOL_DEVICE chooses the device where --device does not (cuda:0, soft:0)."
        })
public final class Main {
    static final String NAME = "parasol";

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) throws InterruptedException {
        Program.start(NAME, new Main(), args);
    }

    /** Runs one command and returns its exit code. */
    static int run(String[] args, PrintStream out, PrintStream err) {
        return Program.run(NAME, new Main(), args, out, err);
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
