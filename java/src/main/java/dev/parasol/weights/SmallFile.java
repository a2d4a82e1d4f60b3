package dev.parasol.weights;

import dev.parasol.files.FileErrors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a text file of bounded size. */
final class SmallFile {
    private SmallFile() {}

    /** The UTF-8 text of {@code path}, which may have at most {@code maxBytes}. */
    static String read(Path path, int maxBytes) {
        byte[] bytes;
        try {
            if (Files.isDirectory(path)) {
                throw new ModelException(FileErrors.name(path) + " is a folder, expected a file");
            }
            try (InputStream in = Files.newInputStream(path)) {
                bytes = in.readNBytes(maxBytes + 1);
            }
        } catch (NoSuchFileException e) {
            throw new ModelException(path + " is missing", e);
        } catch (IOException e) {
            throw new ModelException(path + " cannot be read: " + FileErrors.reason(e), e);
        }
        if (bytes.length > maxBytes) {
            throw new ModelException(path + " has more than " + maxBytes + " bytes");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new ModelException(path + " is not UTF-8 text", e);
        }
    }
}
