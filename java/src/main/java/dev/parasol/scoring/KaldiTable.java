package dev.parasol.scoring;

import dev.parasol.files.FileErrors;
import dev.parasol.files.Shown;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A file of Kaldi's with a line {@code id value} for each utterance: {@code text}, {@code wav.scp}. UTF-8; an empty line is passed over. */
public final class KaldiTable {
    private static final long MAX_BYTES = 64L << 20;

    private KaldiTable() {}

    /**
     * Reads a table; values may be empty.
     *
     * @return values by id, in the file's order
     * @throws TableException when the file cannot be read, is no UTF-8, is larger than 64 MiB, is empty or names an id twice
     */
    public static Map<String, String> read(Path file) {
        Map<String, String> table = new LinkedHashMap<>();
        int number = 0;
        for (String line : text(file).split("\n", -1)) {
            number++;
            String stripped = line.strip();
            if (stripped.isEmpty()) {
                continue;
            }
            String[] parts = stripped.split("\\s+", 2);
            if (table.put(parts[0], parts.length == 1 ? "" : parts[1]) != null) {
                throw new TableException(file + ", line " + number + ": the id '" + Shown.of(parts[0]) + "' stands there a second time");
            }
        }
        if (table.isEmpty()) {
            throw new TableException(file + " has no lines, expected 'id value' for each utterance");
        }
        return table;
    }

    private static String text(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new TableException(file + " " + (Files.exists(file) ? "is not a regular file" : FileErrors.absent(file)));
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new TableException(file + " has " + Files.size(file) + " bytes, expected a table of at most " + MAX_BYTES);
            }
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new TableException(file + " is not UTF-8 text", e);
        } catch (IOException e) {
            throw new TableException(file + " cannot be read: " + FileErrors.reason(e), e);
        }
    }
}
