package dev.parasol.tools;

import dev.parasol.cuda.DataType;
import dev.parasol.tools.run.PeakMemory;
import dev.parasol.tools.synth.SyntheticFolder;
import dev.parasol.tools.tensors.FolderWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code synth}: a random model. */
@Command(
        name = "synth",
        description = "Write a random model of any configuration in FunASR's format. Its shape and its speed are real, its words are not.",
        mixinStandardHelpOptions = true)
final class SynthCommand implements Callable<Integer> {
    @Spec
    CommandSpec command;

    @Parameters(index = "0", paramLabel = "OUT", description = "Folder to write; it must not exist.")
    Path out;

    @Option(names = "--config", paramLabel = "C", defaultValue = SyntheticFolder.LARGE, description = "paraformer-large (default), or a FunASR config.yaml.")
    String config;

    @Option(names = "--vocabulary", paramLabel = "N", defaultValue = "0", description = "Tokens (default: the configuration's vocab_size, else 8404).")
    int vocabulary;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", description = "The same seed makes the same numbers (default: 0).")
    long seed;

    @Option(names = "--format", paramLabel = "F", defaultValue = "pt", description = "pt (default), as FunASR has it, or safetensors.")
    FolderWriter.Format format;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "fp32", description = "fp32 (default) or fp16.")
    ConvertCommand.Stored precision;

    @Override
    public Integer call() throws IOException {
        long started = System.nanoTime();
        if (vocabulary != 0 && (vocabulary < 4 || vocabulary > 1 << 20) || seed < 0) {
            throw new ParameterException(command.commandLine(), "--vocabulary: expected 4 to 1048576; --seed: expected at least 0");
        }
        FolderWriter writer = new FolderWriter(out).format(format);
        if (precision == ConvertCommand.Stored.FP16) {
            writer.floats(DataType.F16);
        }
        try (TerminalBar bar = new TerminalBar("Bytes", -1)) {
            long bytes = SyntheticFolder.write(writer.progress(bar::step), config, vocabulary, seed, format);
            System.out.println(out + ": " + bytes + " bytes of weights");
        }
        System.out.println(PeakMemory.text(started));
        return 0;
    }
}
