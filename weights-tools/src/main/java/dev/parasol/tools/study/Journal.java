package dev.parasol.tools.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.files.FileErrors;
import dev.parasol.files.Shown;
import dev.parasol.tools.data.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a study has found so far: a file with a line of JSON for each result, {@code {"key": …, "value": …}}. A line is on the disk before
 * the next result is worked on; a last line that was cut short is dropped. Not thread-safe.
 */
final class Journal implements AutoCloseable {
    private static final String HEADER = "header";
    /** Characters of what a journal says that a message shows. */
    private static final int SHOWN = 200;

    private final ObjectMapper mapper = new ObjectMapper();
    private final Map<String, JsonNode> results = new LinkedHashMap<>();
    private final Path file;
    private final FileChannel channel;

    /** Finds a result that is not there yet. */
    @FunctionalInterface
    interface Finder {
        JsonNode find();
    }

    /**
     * Opens a journal or begins one.
     *
     * @param header says what is studied; {@link DataException} when an existing journal is of something else
     */
    Journal(Path file, ObjectNode header) {
        this.file = file;
        try {
            long whole = Files.exists(file) ? read(file) : 0;
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(whole).position(whole);
        } catch (IOException e) {
            throw new DataException(file + " cannot be used: " + FileErrors.reason(e), e);
        }
        JsonNode there = get(HEADER, () -> header);
        if (!there.equals(header)) {
            close();
            throw new DataException(file + " is of another study (" + Shown.of(there.toString(), SHOWN) + ", now " + Shown.of(header.toString(), SHOWN) + "): choose another --out");
        }
    }

    private long read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                try {
                    JsonNode line = mapper.readTree(bytes, start, i - start);
                    if (!line.path("key").isTextual() || !line.has("value")) {
                        throw new DataException(file + " is no journal of a study: byte " + start);
                    }
                    results.put(line.get("key").asText(), line.get("value"));
                } catch (JsonProcessingException e) {
                    throw new DataException(file + " is no journal of a study, byte " + start + ": " + Shown.of(e.getOriginalMessage(), SHOWN), e);
                }
                start = i + 1;
            }
        }
        return start;
    }

    /** Whether a result is there. */
    boolean has(String key) {
        return results.containsKey(key);
    }

    /** The result of {@code key}: from the journal, or found now and written down. */
    JsonNode get(String key, Finder finder) {
        JsonNode there = results.get(key);
        if (there != null) {
            return there;
        }
        try {
            // Through text, so that a result is the same now and when it is read again.
            JsonNode value = mapper.readTree(mapper.writeValueAsBytes(finder.find()));
            ObjectNode line = mapper.createObjectNode().put("key", key);
            line.set("value", value);
            ByteBuffer bytes = ByteBuffer.wrap((mapper.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
            results.put(key, value);
            return value;
        } catch (IOException e) {
            throw new DataException(file + " cannot be written: " + FileErrors.reason(e), e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new DataException(file + " cannot be closed: " + FileErrors.reason(e), e);
        }
    }
}
