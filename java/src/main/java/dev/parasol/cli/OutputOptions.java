package dev.parasol.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How and where results are written. */
final class OutputOptions {
    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Option(
            names = "--format",
            paramLabel = "F",
            defaultValue = "text",
            description = "text (default), json, srt, vtt, tsv, or funasr, which is JSON as FunASR's generate returns it.")
    OutputFormat format;

    @Option(
            names = "--timestamps",
            description = "Tell when each word was said: JSON has \"words\" and \"timestamp\", [start, end] in ms for each of them, and"
                    + " \"sentence_info\".")
    boolean timestamps;

    @Option(
            names = "--output-dir",
            paramLabel = "DIR",
            converter = FileName.class,
            description = "Write a file for each recording into this folder, by its name (a.wav: a.srt), in place of standard output.")
    String folder;

    @Option(names = "--overwrite", description = "Replace files that are in --output-dir already.")
    boolean overwrite;

    /** Whether results tell when words were said: where that was asked for, and where the format cannot do without. */
    boolean timed() {
        return timestamps || format.timed();
    }

    /**
     * Where the results go; asked for before the work.
     *
     * @param names the recordings as the user named them
     * @param figures whether length and real-time factor follow a text
     */
    ResultWriter writer(List<String> names, PrintStream out, boolean figures) {
        if (folder != null) {
            return FolderResultWriter.open(names, Path.of(folder), format, timed(), overwrite);
        }
        if (overwrite) {
            throw new ParameterException(command.commandLine(), "--overwrite: only files in --output-dir are overwritten");
        }
        if (format.single() && names.size() > 1) {
            throw new ParameterException(command.commandLine(), "--format " + format.extension()
                    + ": a file is about one recording, and there are " + names.size() + "; --output-dir writes one for each");
        }
        return switch (format) {
            case TEXT -> new TextResultWriter(out, names.size() > 1, figures);
            case JSON -> new JsonResultWriter(out, false, timed());
            case FUNASR -> new JsonResultWriter(out, true, true);
            case SRT, VTT, TSV -> new FileResultWriter(out, format);
        };
    }
}
