package dev.parasol.tools.tensors;

import dev.parasol.files.FileErrors;
import dev.parasol.weights.ModelException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A folder that is filled aside, {@code .OUT.partial}, and then becomes {@code OUT}, or is deleted: by closing it, by Ctrl-C, and, where the process was
 * killed, by the next one that writes {@code OUT}. A lock tells whether another process is at it. Holds files only. Not thread-safe.
 */
final class Aside implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final int TRIES = 100;
    private static final long PAUSE_MILLIS = 20;

    private final Path out;
    private final Path folder;
    // Ctrl-C runs no finally.
    private final Thread interrupted = new Thread(this::deleteAfterInterrupt);
    private final FileChannel lock;

    private Aside(Path out, Path folder, FileChannel lock) {
        this.out = out;
        this.folder = folder;
        this.lock = lock;
    }

    /** Where {@code out} is filled. */
    static Path path(Path out) {
        return out.toAbsolutePath().resolveSibling("." + out.getFileName() + ".partial");
    }

    /** Makes an empty one; {@link ModelException} when that fails or another process writes the same. */
    static Aside of(Path out) {
        Path folder = path(out);
        try {
            Files.createDirectories(folder);
            Aside aside = new Aside(out, folder, FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
            if (!aside.locked()) {
                aside.lock.close();
                throw new ModelException(out + " is being written by another process");
            }
            Runtime.getRuntime().addShutdownHook(aside.interrupted);
            aside.empty(true);
            return aside;
        } catch (IOException e) {
            throw new ModelException(out + " cannot be written: " + FileErrors.reason(e), e);
        }
    }

    private boolean locked() {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            return true;    // a file system without locks
        }
    }

    /** Where to put the files. */
    Path folder() {
        return folder;
    }

    /** Becomes {@code OUT}. */
    void finish() throws IOException {
        Files.delete(folder.resolve(LOCK));
        Files.move(folder, out, StandardCopyOption.ATOMIC_MOVE);
    }

    private void empty(boolean butLock) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (!butLock || !file.endsWith(LOCK)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            return;    // it has become OUT
        }
        if (!butLock) {
            Files.deleteIfExists(folder);
        }
    }

    /** The other threads go on meanwhile and may make another file. */
    private void deleteAfterInterrupt() {
        for (int i = 0; i < TRIES; i++) {
            try {
                empty(false);
                return;
            } catch (DirectoryNotEmptyException e) {
                pause();
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try (lock) {
            empty(false);
        } catch (IOException e) {
            throw new ModelException(folder + " cannot be deleted: " + FileErrors.reason(e), e);
        } finally {
            stopWaiting();
        }
    }

    private void stopWaiting() {
        try {
            Runtime.getRuntime().removeShutdownHook(interrupted);
        } catch (IllegalStateException e) {
            // The process is ending: the hook has its turn.
        }
    }
}
