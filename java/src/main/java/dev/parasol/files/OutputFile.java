package dev.parasol.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that appears whole or not at all: it is written aside, in its own folder, and then renamed. What is no regular
 * file (a pipe, {@code /dev/stdout}) is written into as it is; a link stays a link. Thread-safe.
 */
public final class OutputFile {
    private OutputFile() {}

    /** Writes a file's content. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything; the channel is closed by the caller. */
        void write(WritableByteChannel channel) throws IOException;
    }

    /** Finds out whether {@link #write} can create the file, to be asked before long work. Leaves nothing behind. */
    public static void check(Path file) throws IOException {
        Path target = target(file);
        if (special(target)) {
            return;
        }
        Path aside = aside(target);
        try {
            FileChannel.open(aside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
        } catch (NoSuchFileException e) {
            throw new FileSystemException(file.toString(), null, "its folder takes no files");  // such as /proc
        }
        Files.delete(aside);
    }

    /** Writes the file, over one that may be there; when that fails, what was there stays as it was. */
    public static void write(Path file, Content content) throws IOException {
        Path target = target(file);
        if (special(target)) {
            try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
                content.write(channel);
            }
            return;
        }
        // Not a temporary file of the JDK's, which its owner alone may read.
        Path aside = aside(target);
        try {
            try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.write(channel);
            }
            Files.move(aside, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    /** Writes all of {@code bytes}. */
    public static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** The file itself behind links; refuses what can never be written. */
    private static Path target(Path file) throws IOException {
        if (file.toString().isEmpty()) {
            throw new FileSystemException("", null, "the name is empty");
        }
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "it is a folder, expected the name of a file");
        }
        if (Files.exists(file)) {
            if (!Files.isWritable(file)) {
                throw new AccessDeniedException(file.toString());
            }
            return special(file) ? file : file.toRealPath();
        }
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(file.toString(), null, "it is a link to something that does not exist");
        }
        Path folder = file.getParent();
        if (folder != null && !Files.exists(folder)) {
            throw new FileSystemException(file.toString(), null, "the folder " + folder + " " + FileErrors.absent(folder));
        }
        if (folder != null && !Files.isDirectory(folder)) {
            throw new FileSystemException(file.toString(), null, folder + " is not a folder");
        }
        return file;
    }

    private static boolean special(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file);
    }

    private static Path aside(Path target) {
        return target.resolveSibling("." + UUID.randomUUID() + ".part");
    }
}
