package dev.parasol.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.memory.Budget;
import dev.parasol.model.Precision;
import dev.parasol.pipeline.Punctuated;
import dev.parasol.pipeline.Punctuator;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code parasol punctuate}: lines of text in, the same with punctuation out. */
@Command(
        name = "punctuate",
        description = "Put punctuation into lines of UTF-8 text, read from standard input, with a CT-Transformer.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Each line gives one line of JSON, {\"text\",\"punc\":[ids]}: an id of a mark for each word, where a run of ASCII",
            "between spaces is a word, and so is every other character. A line that is not UTF-8, or longer than 16 MiB,",
            "gives {\"error\"}; the others go on then, and the exit code is 1."
        })
final class PunctuateCommand implements Callable<Integer> {
    private static final int MOST_BYTES = 16 << 20;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Precisions that punctuation has. */
    enum Width {
        FP32(Precision.FP32),
        FP16(Precision.FP16);

        private final Precision precision;

        Width(Precision precision) {
            this.precision = precision;
        }
    }

    @Option(names = "--model", required = true, paramLabel = "DIR", converter = FileName.class, description = "FunASR model folder (CTTransformer).")
    String model;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "fp32", description = "fp32 (default) or fp16.")
    Width precision;

    @Mixin
    DeviceOption device;

    @Mixin
    MemoryLimitOption memory;

    @Option(names = "--report", description = "Print the memory report on standard error at the end.")
    boolean report;

    @Override
    public Integer call() throws IOException {
        Punctuator.Builder builder = Punctuator.builder().model(model).device(device.spec().toString()).precision(precision.precision);
        if (memory.limit != null) {
            builder.budget(Budget.of(memory.limit));
        }
        boolean failed = false;
        try (Punctuator punctuator = builder.build()) {
            Notices.tell(punctuator.notices());
            LineReader lines = new LineReader(System.in, MOST_BYTES);
            boolean more = true;
            while (more) {
                ObjectNode result = null;
                try {
                    String line = lines.next();
                    more = line != null;
                    if (more) {
                        result = result(punctuator.punctuate(line));
                    }
                } catch (CommandException e) {
                    failed = true;
                    result = MAPPER.createObjectNode().put("error", e.getMessage());
                }
                if (result != null) {
                    System.out.println(result);
                    if (System.out.checkError()) {
                        throw new CommandException("standard output cannot be written");
                    }
                }
            }
            if (report) {
                System.err.print(punctuator.memoryReport().toText());
            }
        }
        return failed ? 1 : 0;
    }

    private static ObjectNode result(Punctuated punctuated) {
        ObjectNode line = MAPPER.createObjectNode();
        line.put("text", punctuated.text());
        ArrayNode marks = line.putArray("punc");
        punctuated.marks().forEach(marks::add);
        return line;
    }
}
