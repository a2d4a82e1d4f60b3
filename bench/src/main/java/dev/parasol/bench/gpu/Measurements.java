package dev.parasol.bench.gpu;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceProperties;
import dev.parasol.cuda.DeviceSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Prints every measurement as a line and keeps it for a JSON file. On the software device every line says what it is not. */
final class Measurements {
    private static final String NO_GPU = "  [software device, not a GPU figure]";

    private final ObjectMapper mapper = new ObjectMapper();
    private final ObjectNode root = mapper.createObjectNode();
    private final ArrayNode all = mapper.createArrayNode();
    private final PrintStream out;
    private final boolean gpu;

    Measurements(CudaContext context, PrintStream out) {
        this.out = out;
        this.gpu = context.spec().kind() == DeviceSpec.Kind.CUDA;
        DeviceProperties properties = context.properties();
        root.put("taken", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()).put("gpu", gpu).put("device", context.spec().toString())
                .put("name", properties.name()).put("capability", properties.capabilityMajor() + "." + properties.capabilityMinor())
                .put("driver_cuda", properties.cudaVersion());
        root.set("measurements", all);
    }

    /**
     * A timing, and what was done in that time.
     *
     * @param rate in {@code unit}; not a number where there is none
     */
    void add(String what, Timing timing, double rate, String unit) {
        ObjectNode node = all.addObject().put("what", what).put("median_us", timing.median()).put("p10_us", timing.low()).put("p90_us", timing.high())
                .put("samples", timing.samples());
        String text = "";
        if (!Double.isNaN(rate)) {
            node.put("rate", rate).put("unit", unit);
            text = String.format(Locale.ROOT, "%12.2f %s", rate, unit);
        }
        line(String.format(Locale.ROOT, "%-62s %12.2f us  (%.2f to %.2f) %s", what, timing.median(), timing.low(), timing.high(), text));
    }

    /** A single number. */
    void add(String what, double value, String unit) {
        all.addObject().put("what", what).put("value", value).put("unit", unit);
        line(String.format(Locale.ROOT, "%-62s %12.2f %s", what, value, unit));
    }

    private void line(String text) {
        out.println(text + (gpu ? "" : NO_GPU));
        out.flush();
    }

    /** Writes all of it. */
    void write(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        mapper.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
    }
}
