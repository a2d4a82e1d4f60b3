package dev.parasol.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.Transcript;
import java.io.PrintStream;

/** One JSON object a line and file. */
final class JsonResultWriter implements ResultWriter {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final PrintStream out;
    private final boolean timestamps;

    /** @param timestamps whether words and their times are told */
    JsonResultWriter(PrintStream out, boolean timestamps) {
        this.out = out;
        this.timestamps = timestamps;
    }

    @Override
    public void write(String name, FileResult result) {
        ObjectNode line = MAPPER.createObjectNode();
        line.put("file", name);
        if (result.error().isPresent()) {
            line.put("error", result.error().get().getMessage());
        } else {
            Transcript transcript = result.orThrow();
            for (String warning : transcript.warnings()) {
                System.err.println("parasol: warning: " + Printable.of(warning));
            }
            line.put("text", transcript.text());
            ArrayNode tokens = line.putArray("tokens");
            transcript.tokens().forEach(tokens::add);
            if (timestamps) {
                ArrayNode words = line.putArray("words");
                ArrayNode times = line.putArray("timestamp");
                for (Transcript.Word word : transcript.words()) {
                    words.add(word.text());
                    times.addArray().add(word.time().startMs()).add(word.time().endMs());
                }
            }
            line.put("seconds", transcript.seconds());
            line.put("rtf", transcript.rtf());
        }
        out.println(line);
    }
}
