package dev.parasol.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The folder for temporary files, {@code java.io.tmpdir}, as the process was started with. */
public final class TemporaryFolder {
    /** What can be done about one that is of no use. */
    public static final String OTHER = "; another is chosen with java -Djava.io.tmpdir=FOLDER";

    /** Remembered, because the property is another for a moment while JCuda is loaded. */
    private static final Path FOLDER = Path.of(System.getProperty("java.io.tmpdir"));

    private TemporaryFolder() {}

    /** Where temporary files lie. */
    public static Path path() {
        return FOLDER;
    }

    /** A message for when a temporary file could not be made. */
    public static String unusable(IOException failure) {
        String why = Files.isDirectory(FOLDER)
                ? failure instanceof NoSuchFileException ? "takes no files" : "cannot be written: " + FileErrors.reason(failure)
                : Files.exists(FOLDER) ? "is not a folder" : FileErrors.absent(FOLDER);
        return "The temporary folder " + FOLDER + " " + why + OTHER;
    }
}
