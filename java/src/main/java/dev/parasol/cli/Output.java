package dev.parasol.cli;

import dev.parasol.files.FileErrors;
import dev.parasol.files.OutputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file or folder that a command will write. */
final class Output {
    private Output() {}

    /** The file, when it can be written: asked before the work, so that none is done in vain. */
    static Path checked(String name) {
        Path file = Path.of(name);
        try {
            OutputFile.check(file);
        } catch (IOException e) {
            throw new CommandException(name + " cannot be written: " + FileErrors.reason(e));
        }
        return file;
    }

    /** The folder, made where there is none. */
    static Path folder(String name) {
        Path folder = Path.of(name);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new CommandException(name + " is a file, expected a folder");
        }
        try {
            Files.createDirectories(folder);
        } catch (NoSuchFileException e) {
            throw new CommandException(name + " cannot be made: what is above it takes no folders", e);    // such as /proc
        } catch (IOException e) {
            throw new CommandException(name + " cannot be made: " + FileErrors.reason(e), e);
        }
        return folder;
    }
}
