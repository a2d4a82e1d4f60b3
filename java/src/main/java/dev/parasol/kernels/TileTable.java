package dev.parasol.kernels;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.files.Shown;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Choices of tiles that were measured on one device with one driver and one build of the kernels; what is not in it follows the built-in rule. It is kept as
 * a small JSON file in the user's cache folder. A file that is damaged, too large or of another device is ignored with a warning: it can cost speed, never a result.
 * Thread-safe for reading.
 */
public final class TileTable {
    /** The folder that replaces the user's cache folder, where set. */
    public static final String FOLDER_VARIABLE = "PARASOL_CACHE";

    private static final Logger LOG = LoggerFactory.getLogger(TileTable.class);
    private static final long MAX_BYTES = 1 << 20;
    private static final List<String> FILES = List.of("gemm_f16", "gemm_f32", "gemm_argmax_f16", "gemm_argmax_f32", "gemm_s8", "gemm_w8", "gemm_f16_sm90",
            "gemm_s8_sm90");
    private static final Map<KernelLibrary, TileTable> KNOWN = new WeakHashMap<>();

    /** A product: the kernel's name without its tile, and the weights' shape. */
    private record Product(String kernel, int n, int k) {}

    private final String identity;
    private final Map<Product, NavigableMap<Integer, TileChoice>> choices = new ConcurrentHashMap<>();

    private TileTable(String identity) {
        this.identity = identity;
    }

    /** A table without choices for the device, the driver and the kernels of {@code library}. */
    public static TileTable empty(KernelLibrary library) {
        StringBuilder identity = new StringBuilder(library.device().name()).append(", driver ").append(library.device().cudaVersion());
        FILES.forEach(file -> identity.append(", ").append(file).append(' ').append(library.digest(file)));
        return new TileTable(identity.toString());
    }

    /** The table that is kept for the device of {@code library}; empty where there is none. It is read once for a library. */
    static TileTable of(KernelLibrary library) {
        synchronized (KNOWN) {
            return KNOWN.computeIfAbsent(library, key -> load(key, folder()));
        }
    }

    /** The folder in which tables are kept: {@code $PARASOL_CACHE}, or {@code parasol} in {@code $XDG_CACHE_HOME}, or in {@code ~/.cache}. */
    public static Path folder() {
        String own = System.getenv(FOLDER_VARIABLE);
        if (own != null && !own.isEmpty()) {
            return Path.of(own);
        }
        String caches = System.getenv("XDG_CACHE_HOME");
        return (caches != null && !caches.isEmpty() ? Path.of(caches) : Path.of(System.getProperty("user.home"), ".cache")).resolve("parasol");
    }

    /** The table kept in {@code folder} for the device of {@code library}; an empty one where there is none or it cannot be used. */
    public static TileTable load(KernelLibrary library, Path folder) {
        TileTable table = empty(library);
        Path file = table.file(folder);
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException("it is larger than " + MAX_BYTES + " bytes");
            }
            table.read(new ObjectMapper().readTree(Files.readAllBytes(file)));
            return table;
        } catch (NoSuchFileException e) {
            return table;
        } catch (JacksonException e) {
            LOG.warn("The table of tuned tiles {} is ignored: {}", file, Shown.of(e.getOriginalMessage(), 300));
        } catch (IOException | IllegalArgumentException | SecurityException e) {
            LOG.warn("The table of tuned tiles {} is ignored: {}", file, Shown.of(String.valueOf(e.getMessage()), 300));
        }
        return empty(library);
    }

    private void read(JsonNode root) {
        String found = root.path("device").asText("");
        if (!found.equals(identity)) {
            throw new IllegalArgumentException("it is for '" + found + "', not for '" + identity + "'");
        }
        for (JsonNode entry : root.path("choices")) {
            add(entry.path("kernel").asText(""), positive(entry, "n"), positive(entry, "k"), positive(entry, "rows"),
                    new TileChoice(entry.path("tile").asText(""), positive(entry, "stages")));
        }
    }

    private static int positive(JsonNode entry, String field) {
        JsonNode value = entry.path(field);
        if (!value.canConvertToInt() || value.asInt() < 1) {
            throw new IllegalArgumentException("'" + field + "' is " + value + ", but must be a positive number");
        }
        return value.asInt();
    }

    /**
     * Adds a choice.
     *
     * @param kernel the kernel's name without its tile, as its launcher's {@code kernelName} gives it: {@code gemm_f16_f32}, {@code gemm_s8_s8_sm90}
     * @param rows   it serves products of so many rows, and of fewer down to the next entry's
     */
    public void add(String kernel, int n, int k, int rows, TileChoice choice) {
        choices.computeIfAbsent(new Product(kernel, n, k), key -> new TreeMap<>()).put(rows, choice);
    }

    /** The choice for a product of m rows, or null where there is none. */
    public TileChoice find(String kernel, int n, int k, int m) {
        if (choices.isEmpty()) {
            return null;
        }
        NavigableMap<Integer, TileChoice> byRows = choices.get(new Product(kernel, n, k));
        Map.Entry<Integer, TileChoice> entry = byRows == null ? null : byRows.ceilingEntry(m);
        return entry == null ? null : entry.getValue();
    }

    /** Where this table is kept in a folder. */
    public Path file(Path folder) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
            return folder.resolve("tiles-" + HexFormat.of().formatHex(digest, 0, 8) + ".json");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Writes the table, whole or not at all; a process that starts later uses it. */
    public Path write(Path folder) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode().put("device", identity);
        ArrayNode list = root.putArray("choices");
        choices.forEach((product, byRows) -> byRows.forEach((rows, choice) -> list.addObject().put("kernel", product.kernel()).put("n", product.n())
                .put("k", product.k()).put("rows", rows).put("tile", choice.tile()).put("stages", choice.stages())));
        Files.createDirectories(folder);
        Path file = file(folder);
        Path part = Files.createTempFile(folder, "tiles-", ".part");
        try {
            mapper.writerWithDefaultPrettyPrinter().writeValue(part.toFile(), root);
            return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
