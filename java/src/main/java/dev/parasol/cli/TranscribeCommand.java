package dev.parasol.cli;

import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.Recognizer;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parasol transcribe}: files in, text out. */
@Command(
        name = "transcribe",
        description = "Transcribe recordings (WAV or FLAC, any rate, any number of channels).",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Text is one line a file, preceded by the file's name where there are several. JSON is one line a file:",
            "  {\"file\",\"text\",\"tokens\":[ids],\"seconds\",\"rtf\"}, or {\"file\",\"error\"} for a file that failed.",
            "The other files go on then, and the exit code is 1."
        })
final class TranscribeCommand implements Callable<Integer> {
    /** How results are written. */
    enum Format {
        TEXT,
        JSON
    }

    @Spec
    CommandSpec command;

    @Mixin
    ModelOptions options;

    @Option(names = "--format", paramLabel = "F", defaultValue = "text", description = "text (default) or json.")
    Format format;

    @Option(
            names = "--batch-size-s",
            paramLabel = "S",
            description = "Most seconds of audio in one batch, packed (default: 300). Memory is bounded by the device in any case.")
    Double batchSeconds;

    @Option(
            names = "--report",
            description = "Print each file's length and real-time factor behind its text, and the memory report at the end.")
    boolean report;

    @Option(names = "--no-progress", description = "No progress bar, even on a terminal.")
    boolean noProgress;

    @Parameters(arity = "1..*", paramLabel = "FILE", converter = FileName.class, description = "Recordings.")
    List<String> names;

    @Override
    public Integer call() {
        if (batchSeconds != null && !(batchSeconds > 0)) {
            throw new ParameterException(command.commandLine(), "--batch-size-s: expected more than 0");
        }
        List<Path> files = new ArrayList<>();
        for (String name : names) {
            files.add(Path.of(name));
        }
        Recognizer.Builder builder = options.recognizer();
        if (batchSeconds != null) {
            builder.batchSeconds(batchSeconds);
        }
        ResultWriter writer = writer(System.out);
        boolean failed = false;
        try (TerminalProgress progress = TerminalProgress.open(files.size(), noProgress);
                Recognizer recognizer = builder.progress(progress).build()) {
            ModelOptions.tell(recognizer);
            List<FileResult> results = recognizer.transcribe(files, (result, finished, total) -> {
                progress.hide();
                writer.write(names.get(finished - 1), result);
                progress.files(finished);
                if (System.out.checkError()) {
                    throw new CommandException("standard output cannot be written");    // nobody would read the rest
                }
            });
            for (FileResult result : results) {
                failed |= result.error().isPresent();
            }
            if (report) {
                progress.hide();
                System.out.println();
                System.out.print(recognizer.memoryReport().toText());
            }
        }
        return failed ? 1 : 0;
    }

    private ResultWriter writer(PrintStream out) {
        return format == Format.JSON ? new JsonResultWriter(out) : new TextResultWriter(out, names.size() > 1, report);
    }
}
