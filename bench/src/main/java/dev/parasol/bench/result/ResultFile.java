package dev.parasol.bench.result;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceProperties;
import dev.parasol.cuda.DeviceSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Prints every measurement as a line and keeps it in a JSON file, which is whole after each of them: what was measured
 * before a run was ended is not lost. On the software device every line says what it is not. Not thread-safe.
 */
public final class ResultFile {
    /** Of the file's form, which bench/results/README.md describes. */
    public static final String SCHEMA = "parasol-bench/1";
    /** Begins every line from the software device. */
    public static final String SOFTWARE = "software device  ";

    private final ObjectMapper mapper = new ObjectMapper();
    private final ObjectNode root = mapper.createObjectNode();
    private final ArrayNode all = mapper.createArrayNode();
    private final Path file;
    private final PrintStream out;
    private final boolean gpu;
    private Ceilings ceilings;
    private int wrong;

    /**
     * Begins a result.
     *
     * @param file where it goes, or null when it is printed only; a file that is there is replaced
     */
    public ResultFile(CudaContext context, Path file, PrintStream out) {
        this(context.spec(), context.properties(), Surroundings.here(context.spec()), file, out);
    }

    ResultFile(DeviceSpec spec, DeviceProperties properties, Surroundings surroundings, Path file, PrintStream out) {
        this.file = file;
        this.out = out;
        this.gpu = spec.kind() == DeviceSpec.Kind.CUDA;
        root.put("schema", SCHEMA).put("source", "parasol").put("kind", gpu ? "gpu" : "software").put("taken", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("commit", surroundings.commit());
        root.putObject("device").put("id", spec.toString()).put("name", properties.name())
                .put("capability", properties.capabilityMajor() + "." + properties.capabilityMinor()).put("multiprocessors", properties.multiprocessors())
                .put("memory_bytes", properties.totalMemory()).put("cuda", properties.cudaVersion()).put("driver", surroundings.driver())
                .put("clocks", surroundings.clocks());
        root.putObject("host").put("processors", Runtime.getRuntime().availableProcessors()).put("java", System.getProperty("java.version"))
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        root.set("measurements", all);
        write();
    }

    /** Keeps what the device was seen to be able to do; later entries are compared with it. */
    public void ceilings(Ceilings measured) {
        ceilings = measured;
        root.putObject("ceilings").put("copy_bytes_s", measured.copyBytes()).put("product_flop_s", measured.productFlops()).put("product_by", measured.productBy());
        write();
    }

    /** What the device was seen to be able to do; null before that was measured, and on the software device, which has no roofline. */
    public Ceilings ceilings() {
        return gpu ? ceilings : null;
    }

    /** Prints and keeps a measurement. */
    public void add(Entry entry) {
        all.add(entry.node());
        wrong += entry.wrong() ? 1 : 0;
        line(entry.line());
        write();
    }

    /** Prints a line that is not kept. */
    public void line(String text) {
        out.println((gpu ? "" : SOFTWARE) + text);
        out.flush();
    }

    /** How many checks did not hold. */
    public int wrong() {
        return wrong;
    }

    /** Whether these are figures of a GPU. */
    public boolean gpu() {
        return gpu;
    }

    private void write() {
        if (file == null) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        Path aside = folder.resolve(file.getFileName() + ".part");
        try {
            Files.createDirectories(folder);
            mapper.writerWithDefaultPrettyPrinter().writeValue(aside.toFile(), root);
            Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }
}
