package dev.parasol.fuzz;

import com.sun.management.ThreadMXBean;
import dev.parasol.files.Shown;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives inputs to a reader and judges what it does with them. Not thread-safe. */
final class Trial {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** A message is a sentence. */
    private static final int MOST_CHARACTERS = 1000;

    private final Subject subject;
    private final Path file;

    /** @param folder where the files are written, one after the other under the same name */
    Trial(Subject subject, Path folder) {
        this.subject = subject;
        this.file = folder.resolve(subject.fileName());
    }

    /** @throws AssertionError when the reader neither takes nor refuses the file as it should, or allocates too much */
    void run(byte[] input) {
        byte[] content = subject.file(input);
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long most = Subject.FIXED_BYTES + subject.bytesPerByte() * content.length;
        // Classes that are loaded, and under a fuzzer changed, count in the first run only.
        if (allocated() > most && allocated() > most) {
            throw new AssertionError(subject + " allocated more than " + most + " bytes for a file of " + content.length);
        }
    }

    /** What reading the file allocates. */
    private long allocated() {
        long thread = Thread.currentThread().getId();
        long before = THREADS.getThreadAllocatedBytes(thread);
        read();
        return THREADS.getThreadAllocatedBytes(thread) - before;
    }

    private void read() {
        try {
            subject.read(file);
        } catch (RuntimeException e) {
            if (!subject.refusal().isInstance(e)) {
                throw new AssertionError(subject + " failed by " + e, e);
            }
            String message = e.getMessage();
            if (message == null || !message.contains(file.getParent().toString())) {
                throw new AssertionError(subject + " refused a file without naming it: " + message, e);
            }
            if (!message.codePoints().allMatch(Shown::visible)) {
                throw new AssertionError(subject + " refused a file with characters in its message that a terminal obeys: " + Shown.of(message, MOST_CHARACTERS), e);
            }
            if (message.length() > MOST_CHARACTERS) {
                throw new AssertionError(subject + " refused a file by " + message.length() + " characters: " + message.substring(0, MOST_CHARACTERS), e);
            }
        }
    }
}
