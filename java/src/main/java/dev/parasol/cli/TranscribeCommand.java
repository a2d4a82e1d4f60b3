package dev.parasol.cli;

import dev.parasol.pipeline.Journal;
import dev.parasol.pipeline.SpeechTranscriber;
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
            "text is one line a file, behind the file's name where there are several. json is one line a file:",
            "  {\"file\",\"text\",\"tokens\":[ids],\"segments\":[{\"start\",\"end\",\"text\"}],\"seconds\",\"rtf\"}",
            "or {\"file\",\"error\"} for a file that failed; the others go on, and the exit code is 1. Times are in ms.",
            "srt, vtt and tsv are about one recording; several need --output-dir. A subtitle is a sentence with",
            "--punc-model, else a segment, divided where it has more than two lines of 42 columns, or 7 s.",
            "funasr is [{\"key\",\"text\",\"timestamp\",\"sentence_info\"},...]."
        })
final class TranscribeCommand implements Callable<Integer> {
    @Spec
    CommandSpec command;

    @Mixin
    ModelOptions options;

    @Mixin
    DevicesOption device;

    @Mixin
    OutputOptions output;

    @Mixin
    DivisionOptions division;

    @Mixin
    HotwordOptions hotwords;

    @Option(
            names = "--punc-model",
            paramLabel = "DIR",
            converter = FileName.class,
            description = "FunASR folder of a CTTransformer that puts punctuation into each file's text.")
    String punctuationModel;

    @Option(
            names = "--spk-model",
            paramLabel = "DIR",
            converter = FileName.class,
            description = "FunASR folder of a CAM++ that tells who says each sentence (\"spk\" in \"sentence_info\"); needs --vad-model, implies --timestamps.")
    String speakerModel;

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
        if (speakerModel != null && division.detector == null) {
            throw new ParameterException(command.commandLine(), "--spk-model: speakers are told apart in the speech that --vad-model finds, which is missing");
        }
        output.timestamps |= speakerModel != null;
        List<Path> files = new ArrayList<>();
        for (String name : names) {
            files.add(Path.of(name));
        }
        SpeechTranscriber.Builder builder = SpeechTranscriber.builder()
                .model(options.choice.model)
                .vadModel(division.detector)
                .punctuationModel(punctuationModel)
                .speakerModel(speakerModel)
                .devices(device.specs())
                .precision(options.choice.precision)
                .keepLayers(options.choice.keepLayers)
                .options(division.read())
                .timestamps(output.timed())
                .hotwords(hotwords.list())
                .prompt(output.follow);
        if (options.memory.limit != null) {
            builder.memoryLimit(options.memory.limit);
        }
        ResultWriter writer = output.writer(names, System.out, report);
        AtomicBoolean failed = new AtomicBoolean();
        try (Journal journal = output.journal(builder.identity(), names, files);
                TerminalProgress progress = TerminalProgress.open(files, journal == null ? 0 : journal.knownSeconds(), noProgress);
                SpeechTranscriber transcriber = builder.progress(progress).build()) {
            Notices.tell(transcriber.notices());
            progress.begin();
            transcriber.transcribe(files, journal, new TranscribeListener(names, writer, output.printer(names, System.out), progress, failed));
            if (journal != null) {
                journal.complete();
            }
            writer.finish();
            if (report) {
                progress.hide();
                System.out.println();
                transcriber.report().devices().forEach(device -> System.out.print(device.memory().toText()));
            }
        }
        return failed.get() ? 1 : 0;
    }
}
