package dev.parasol.cli;

import dev.parasol.files.FileErrors;
import dev.parasol.files.OutputFile;
import java.io.IOException;
import java.nio.file.Path;

/** A file that a command will write. */
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
}
