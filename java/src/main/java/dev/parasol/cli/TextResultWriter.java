package dev.parasol.cli;

import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.Transcript;
import java.io.PrintStream;
import java.util.Locale;

/** One line of text a file. */
final class TextResultWriter implements ResultWriter {
    private final PrintStream out;
    private final boolean names;
    private final boolean figures;

    /**
     * @param names whether each line begins with the file's name
     * @param figures whether length and real-time factor follow the text
     */
    TextResultWriter(PrintStream out, boolean names, boolean figures) {
        this.out = out;
        this.names = names;
        this.figures = figures;
    }

    @Override
    public void write(String name, FileResult result) {
        if (result.error().isPresent()) {
            ResultWriter.fail(result.error().get());
            return;
        }
        Transcript transcript = result.orThrow();
        ResultWriter.warn(transcript);
        StringBuilder line = new StringBuilder();
        if (names) {
            line.append(Printable.of(name)).append(": ");
        }
        line.append(Printable.of(transcript.text()));
        if (figures) {
            line.append(String.format(Locale.ROOT, "  [%.2f s, RTF %.3f]", transcript.seconds(), transcript.rtf()));
        }
        out.println(line);
    }
}
