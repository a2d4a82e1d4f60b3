package dev.parasol.cli;

import dev.parasol.pipeline.Journal;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

    @Option(
            names = "--follow",
            description = "Print each segment as soon as it is known, [start --> end] text or a JSON object a line, before the recording's own"
                    + " result. Batches are not waited for, so that a recording that is still growing (-, a pipe) can be followed.")
    boolean follow;

    @Option(
            names = "--journal",
            paramLabel = "FILE",
            converter = FileName.class,
            description = "Write what is recognised into FILE, too, so that --resume can go on when this run is interrupted. With"
                    + " --output-dir there is one in that folder, by the first recording's name (a.journal). It goes when the run has ended.")
    String journal;

    @Option(names = "--resume", description = "Go on where an interrupted run with the same recordings, models and settings has left its journal.")
    boolean resume;

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
        Path kept = journalFile(names);
        if (resume && kept == null) {
            throw new ParameterException(command.commandLine(), "--resume: there is a journal to go on with only with --journal or --output-dir");
        }
        if (journal != null && names.contains(OutputNames.STANDARD_INPUT)) {
            throw new ParameterException(command.commandLine(), "--journal: standard input cannot be read again");
        }
        if (follow && folder == null && format != OutputFormat.TEXT && format != OutputFormat.JSON) {
            throw new ParameterException(command.commandLine(), "--follow: segments are printed as text or json; "
                    + format.name().toLowerCase(Locale.ROOT) + " needs --output-dir beside it");
        }
        if (folder != null) {
            // Where a run goes on, files are those that it has written itself.
            return FolderResultWriter.open(names, Path.of(folder), format, timed(), overwrite || resume && Files.exists(kept));
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

    /** What prints segments as they come; null where that was not asked for. */
    SegmentPrinter printer(List<String> names, PrintStream out) {
        return follow ? new SegmentPrinter(out, format == OutputFormat.JSON, timed(), names.size() > 1) : null;
    }

    /**
     * The run's journal, or null where none is kept; asked for behind {@link #writer}.
     *
     * @param identity models and settings
     */
    Journal journal(Map<String, String> identity, List<String> names, List<Path> files) {
        Path path = journalFile(names);
        if (path == null) {
            return null;
        }
        if (!resume) {
            return begin(path, identity, files);
        }
        Journal kept = Journal.resume(path, identity, files);
        if (kept.knownSegments() > 0) {
            System.err.println("parasol: " + kept.knownSegments() + " segments in " + SubtitleFiles.time(Math.round(kept.knownSeconds() * 1000), '.')
                    + " of audio are taken from " + Printable.of(path.toString()));
        }
        return kept;
    }

    private Journal begin(Path path, Map<String, String> identity, List<Path> files) {
        if (Files.exists(path) && journal == null) {
            if (!overwrite) {
                throw new CommandException(path + " is left of an interrupted run: --resume goes on with it, --overwrite begins anew");
            }
            Journal.discard(path);
        }
        return Journal.begin(path, identity, files);
    }

    /** Null where no journal is kept. */
    private Path journalFile(List<String> names) {
        if (journal != null) {
            return Path.of(journal);
        }
        return folder == null || names.contains(OutputNames.STANDARD_INPUT) ? null : Path.of(folder).resolve(OutputNames.stem(names.get(0)) + ".journal");
    }
}
