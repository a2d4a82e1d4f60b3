package dev.parasol.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.parasol.bench.result.ResultFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The measurements of all result files of one kind: of a GPU, or of the software device. Never both. */
final class Results {
    private final List<Source> sources;
    private final List<JsonNode> entries = new ArrayList<>();

    /** A result file and its header. */
    record Source(String file, JsonNode root) {
        String taken() {
            return root.path("taken").asText();
        }

        /** What it says about itself, in a line. */
        String describe() {
            JsonNode device = root.path("device");
            return "`" + file + "`: " + device.path("name").asText() + ", driver " + device.path("driver").asText() + ", taken " + taken() + ", commit "
                    + root.path("commit").asText() + (root.has("torch") ? ", PyTorch " + root.path("torch").asText() : "")
                    + (device.path("clocks").asText("none").matches("none|unknown") ? "" : ", clocks and temperature " + device.path("clocks").asText());
        }
    }

    private Results(List<Source> sources) {
        this.sources = sources;
        for (Source source : sources) {
            source.root().path("measurements").forEach(entries::add);
        }
    }

    /** Every result file under a folder; {@link IllegalArgumentException} for one of another schema. */
    static List<Source> read(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Source> sources = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".json")).sorted().toList()) {
                JsonNode root = new ObjectMapper().readTree(file.toFile());
                if (!root.path("schema").asText().equals(ResultFile.SCHEMA)) {
                    throw new IllegalArgumentException(file + " has the schema '" + root.path("schema").asText() + "', expected " + ResultFile.SCHEMA);
                }
                sources.add(new Source(folder.relativize(file).toString(), root));
            }
        }
        return sources;
    }

    /** Those of a GPU, or those of the software device and of a processor; where entries are double, the newest file's count. */
    static Results of(List<Source> all, boolean gpu) {
        return new Results(all.stream().filter(source -> source.root().path("kind").asText().equals(gpu ? "gpu" : "software"))
                .sorted(Comparator.comparing(Source::taken).reversed()).toList());
    }

    List<Source> sources() {
        return sources;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Entries of a group, the newest files' first. */
    List<JsonNode> group(String group) {
        return entries.stream().filter(entry -> entry.path("group").asText().equals(group)).toList();
    }

    /** The newest entry with a time or a value. */
    Optional<JsonNode> find(String group, String shape, Predicate<JsonNode> wanted) {
        return group(group).stream().filter(entry -> entry.path("shape").asText().equals(shape)).filter(Results::measured).filter(wanted).findFirst();
    }

    /** The quickest of those that were right, each variant's newest. */
    Optional<JsonNode> quickest(String group, String shape, Predicate<JsonNode> wanted) {
        return newestByVariant(group(group).stream().filter(entry -> entry.path("shape").asText().equals(shape)).filter(Results::measured).filter(wanted)
                .filter(entry -> entry.path("check").path("ok").asBoolean(true)).toList()).stream()
                .min(Comparator.comparingDouble(entry -> entry.has("median_us") ? entry.path("median_us").asDouble() : entry.path("value").asDouble()));
    }

    private static List<JsonNode> newestByVariant(List<JsonNode> found) {
        List<JsonNode> newest = new ArrayList<>();
        for (JsonNode entry : found) {
            if (newest.stream().noneMatch(known -> known.path("variant").equals(entry.path("variant")) && known.path("name").equals(entry.path("name")))) {
                newest.add(entry);
            }
        }
        return newest;
    }

    static boolean measured(JsonNode entry) {
        return entry.has("median_us") || entry.has("value");
    }

    static boolean peer(JsonNode entry) {
        return entry.path("variant").asText().startsWith("PyTorch") || entry.path("variant").asText().startsWith("cuBLAS");
    }

    /** Of the file that a new device's ceilings come from, or a missing node. */
    JsonNode ceilings() {
        return sources.stream().map(source -> source.root().path("ceilings")).filter(node -> !node.isMissingNode()).findFirst()
                .orElse(MissingNode.getInstance());
    }
}
