package dev.parasol.tools;

import dev.parasol.files.FileErrors;
import dev.parasol.files.OutputFile;
import dev.parasol.tools.data.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A file that a command writes at its end, where the user has named one. */
final class ResultFile {
    private ResultFile() {}

    /** {@link DataException} where it could not be written, so that nobody works for nothing; null is well. */
    static void check(Path file) {
        if (file == null) {
            return;
        }
        try {
            OutputFile.check(file);
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** Writes it whole or not at all. */
    static void write(Path file, byte[] bytes) {
        try {
            OutputFile.write(file, channel -> OutputFile.writeFully(channel, ByteBuffer.wrap(bytes)));
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    private static DataException unusable(Path file, IOException e) {
        return new DataException(file + " cannot be written: " + FileErrors.reason(e), e);
    }
}
