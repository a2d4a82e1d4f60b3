package dev.parasol.cli;

import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.TranscriptSegment;
import dev.parasol.pipeline.TranscriptionListener;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Hands what comes out of a run to those who write it. */
final class TranscribeListener implements TranscriptionListener {
    private final List<String> names;
    private final ResultWriter writer;
    private final SegmentPrinter printer;
    private final TerminalProgress progress;
    private final AtomicBoolean failed;
    private int finished;

    /**
     * @param names as the user gave them
     * @param printer of segments as they come, or null
     * @param failed is set when a file has failed
     */
    TranscribeListener(List<String> names, ResultWriter writer, SegmentPrinter printer, TerminalProgress progress, AtomicBoolean failed) {
        this.names = names;
        this.writer = writer;
        this.printer = printer;
        this.progress = progress;
        this.failed = failed;
    }

    @Override
    public void segment(Path file, TranscriptSegment segment) {
        if (printer != null) {
            progress.hide();
            printer.print(names.get(finished), segment);
            checkOutput();
        }
        progress.audio(finished, segment.endMs() * 1e-3);
    }

    @Override
    public void finished(FileResult result, int count, int total) {
        if (result.error().isPresent()) {
            failed.set(true);
        }
        progress.hide();
        writer.write(names.get(finished), result);
        finished = count;
        progress.audio(finished, 0);
        checkOutput();
    }

    private static void checkOutput() {
        if (System.out.checkError()) {
            throw new CommandException("standard output cannot be written");    // nobody would read the rest
        }
    }
}
