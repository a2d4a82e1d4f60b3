package dev.parasol.cli;

import dev.parasol.pipeline.FileResult;
import java.io.PrintStream;

/** The one recording's file, of a format that tells times, on standard output. */
final class FileResultWriter implements ResultWriter {
    private final PrintStream out;
    private final OutputFormat format;

    FileResultWriter(PrintStream out, OutputFormat format) {
        this.out = out;
        this.format = format;
    }

    @Override
    public void write(String name, FileResult result) {
        result.error().ifPresent(ResultWriter::fail);
        result.transcript().ifPresent(transcript -> {
            ResultWriter.warn(transcript);
            out.print(format.content(name, transcript, true));
        });
    }
}
