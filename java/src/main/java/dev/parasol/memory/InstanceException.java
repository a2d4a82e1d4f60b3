package dev.parasol.memory;

import dev.parasol.files.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A benchmark file cannot be used; the message is meant for the user. */
public final class InstanceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InstanceException(String message) {
        super(message);
    }

    private InstanceException(String message, Throwable cause) {
        super(message, cause);
    }

    static InstanceException unreadable(Path file, IOException cause) {
        if (Files.isDirectory(file)) {
            return new InstanceException(FileErrors.name(file) + " is a folder, expected a file", cause);
        }
        if (cause instanceof NoSuchFileException) {
            return new InstanceException(file + " " + FileErrors.absent(file), cause);
        }
        return new InstanceException(file + " cannot be read: " + FileErrors.reason(cause), cause);
    }
}
