package dev.parasol.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.pipeline.FileResult;
import java.io.PrintStream;

/** One JSON object a line and file, or all of them in one array as FunASR returns them. */
final class JsonResultWriter implements ResultWriter {
    private final PrintStream out;
    private final boolean funasr;
    private final boolean timed;
    private int written;

    /**
     * @param funasr whether objects are FunASR's, in an array
     * @param timed whether times of words were asked for
     */
    JsonResultWriter(PrintStream out, boolean funasr, boolean timed) {
        this.out = out;
        this.funasr = funasr;
        this.timed = timed;
    }

    @Override
    public void write(String name, FileResult result) {
        result.transcript().ifPresent(ResultWriter::warn);
        if (funasr) {
            out.print(written == 0 ? "[" : ",\n ");
            out.print(object(name, result));
        } else {
            out.println(object(name, result));
        }
        written++;
    }

    private ObjectNode object(String name, FileResult result) {
        if (result.error().isPresent()) {
            return funasr ? TranscriptJson.error("key", OutputNames.stem(name), result.error().get()) : TranscriptJson.error("file", name, result.error().get());
        }
        return funasr ? TranscriptJson.funasr(name, result.orThrow()) : TranscriptJson.of(name, result.orThrow(), timed);
    }

    @Override
    public void finish() {
        if (funasr) {
            out.println(written == 0 ? "[]" : "]");
        }
    }
}
