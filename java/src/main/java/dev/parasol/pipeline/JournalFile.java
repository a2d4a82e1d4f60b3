package dev.parasol.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.files.FileErrors;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * A file of JSON objects, one a line, that lines are appended to. Its process may be killed at any time: what was written stays,
 * and a line that was written in part is known by its missing end. Lines reach the disk itself, beyond the system's memory, at
 * least every {@value #FORCE_SECONDS} s while lines are written. One process has it at a time. Thread-safe.
 */
final class JournalFile implements AutoCloseable {
    private static final long FORCE_SECONDS = 2;
    private static final int LONGEST_LINE = 4 << 20;
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Path path;
    /** Not a channel, which an interruption closes. */
    private final RandomAccessFile file;
    private long forced = System.nanoTime();
    private boolean closed;

    private JournalFile(Path path, RandomAccessFile file) {
        this.path = path;
        this.file = file;
    }

    /** A new file; {@link JournalException} when there is one already. */
    static JournalFile create(Path path) {
        try {
            Files.createFile(path);
        } catch (FileAlreadyExistsException e) {
            throw new JournalException(path + " exists already", e);
        } catch (NoSuchFileException e) {
            throw new JournalException("the journal " + path + " cannot be written: its folder does not exist", e);
        } catch (IOException e) {
            throw new JournalException("the journal " + path + " cannot be written: " + FileErrors.reason(e), e);
        }
        return open(path);
    }

    /** A file that is there. Nothing is changed yet. */
    static JournalFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new JournalException(path + " is no regular file, expected a journal");
        }
        RandomAccessFile file = null;
        boolean mine = false;
        try {
            file = new RandomAccessFile(path.toFile(), "rw");
            mine = file.getChannel().tryLock() != null;
            if (mine) {
                return new JournalFile(path, file);
            }
        } catch (OverlappingFileLockException e) {
            mine = false;
        } catch (IOException e) {
            throw new JournalException("the journal " + path + " cannot be written: " + FileErrors.reason(e), e);
        } finally {
            if (!mine && file != null) {
                closeQuietly(file);
            }
        }
        throw new JournalException("the journal " + path + " is in use by another run");
    }

    private static void closeQuietly(RandomAccessFile file) {
        try {
            file.close();
        } catch (IOException e) {
            // nothing was written
        }
    }

    Path path() {
        return path;
    }

    /**
     * Reads lines from the beginning, as far as they are whole, are objects, and {@code line} takes them.
     *
     * @param line false when it does not take an object
     * @return the bytes of those lines
     */
    synchronized long read(Predicate<JsonNode> line) {
        long good = 0;
        try {
            file.seek(0);
            // Not closed: that would close the file, and another stream's closing would give up the lock.
            InputStream in = new BufferedInputStream(new FileInputStream(file.getFD()));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int c = in.read(); c >= 0 && bytes.size() < LONGEST_LINE; c = in.read()) {
                bytes.write(c);
                if (c == '\n') {
                    JsonNode node = object(bytes.toByteArray());
                    if (node == null || !line.test(node)) {
                        break;
                    }
                    good += bytes.size();
                    bytes.reset();
                }
            }
            return good;
        } catch (IOException e) {
            throw new JournalException("the journal " + path + " cannot be read: " + FileErrors.reason(e), e);
        }
    }

    private static JsonNode object(byte[] line) throws IOException {
        try {
            JsonNode node = MAPPER.readTree(line);
            return node.isObject() ? node : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** Whether it is some beginning of {@code text}, or nothing at all. */
    synchronized boolean isBeginningOf(String text) {
        byte[] whole = text.getBytes(StandardCharsets.UTF_8);
        try {
            if (file.length() >= whole.length) {
                return false;
            }
            byte[] there = new byte[(int) file.length()];
            file.seek(0);
            file.readFully(there);
            return Arrays.equals(there, Arrays.copyOf(whole, there.length));
        } catch (IOException e) {
            throw new JournalException("the journal " + path + " cannot be read: " + FileErrors.reason(e), e);
        }
    }

    /** Cuts off what is behind {@code length} bytes; what is appended comes there. Whether there was anything. */
    synchronized boolean trim(long length) {
        try {
            boolean more = file.length() > length;
            file.setLength(length);
            file.seek(length);
            return more;
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Appends objects in one go. */
    synchronized void append(List<? extends JsonNode> objects) {
        StringBuilder lines = new StringBuilder();
        objects.forEach(object -> lines.append(object).append('\n'));
        try {
            file.write(lines.toString().getBytes(StandardCharsets.UTF_8));
            if (System.nanoTime() - forced > FORCE_SECONDS * 1_000_000_000) {
                file.getFD().sync();
                forced = System.nanoTime();
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Closes and removes it. */
    synchronized void delete() {
        try {
            closed = true;
            Files.deleteIfExists(path);
            file.close();
        } catch (IOException e) {
            throw new JournalException("the journal " + path + " cannot be removed: " + FileErrors.reason(e), e);
        }
    }

    /** Closes it; what was written stays. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (file) {
            file.getFD().sync();
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private JournalException unwritable(IOException e) {
        return new JournalException("the journal " + path + " cannot be written: " + FileErrors.reason(e), e);
    }
}
