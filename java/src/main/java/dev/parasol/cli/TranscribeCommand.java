package dev.parasol.cli;

import dev.parasol.memory.Budget;
import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.Punctuator;
import dev.parasol.pipeline.Recognizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
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
    @Spec
    CommandSpec command;

    @Mixin
    ModelOptions options;

    @Mixin
    OutputOptions output;

    @Option(
            names = "--batch-size-s",
            paramLabel = "S",
            description = "Most seconds of audio in one batch, packed (default: 300). Memory is bounded by the device in any case.")
    Double batchSeconds;

    @Option(
            names = "--punc-model",
            paramLabel = "DIR",
            converter = FileName.class,
            description = "FunASR folder of a CTTransformer that puts punctuation into each file's text.")
    String punctuationModel;

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
        builder.timestamps(output.timed());
        ResultWriter writer = output.writer(names, System.out, report);
        Budget budget = options.memory.limit == null ? null : Budget.of(options.memory.limit);
        if (budget != null) {
            builder.budget(budget);
        }
        AtomicBoolean failed = new AtomicBoolean();
        try (TerminalProgress progress = TerminalProgress.open(files.size(), noProgress);
                Recognizer recognizer = builder.progress(progress).build();
                Punctuator punctuator = punctuationModel == null ? null : punctuator(budget)) {
            ModelOptions.tell(recognizer);
            recognizer.transcribe(files, (recognised, finished, total) -> {
                FileResult result = punctuator == null ? recognised : punctuator.punctuate(recognised);
                if (result.error().isPresent()) {
                    failed.set(true);
                }
                progress.hide();
                writer.write(names.get(finished - 1), result);
                progress.files(finished);
                if (System.out.checkError()) {
                    throw new CommandException("standard output cannot be written");    // nobody would read the rest
                }
            });
            writer.finish();
            if (report) {
                progress.hide();
                System.out.println();
                System.out.print(recognizer.memoryReport().toText());
            }
        }
        return failed.get() ? 1 : 0;
    }

    /** @param shared with the recognizer, or null where each device's own budget is */
    private Punctuator punctuator(Budget shared) {
        Punctuator.Builder builder = Punctuator.builder().model(punctuationModel).device(options.device.spec().toString());
        if (shared != null) {
            builder.budget(shared);
        }
        Punctuator punctuator = builder.build();
        punctuator.notices().forEach(notice -> System.err.println("parasol: " + Printable.of(notice)));
        return punctuator;
    }
}
