package dev.parasol.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileErrorsTest {
    @TempDir
    Path folder;

    @Test
    void saysWhyAndNotTheNameAgain() {
        assertThat(FileErrors.reason(new AccessDeniedException("a.wav"))).isEqualTo("permission denied");
        assertThat(FileErrors.reason(new NoSuchFileException("a.wav"))).isEqualTo("it does not exist");
        assertThat(FileErrors.reason(new DirectoryNotEmptyException("a"))).isEqualTo("the folder is not empty");
        assertThat(FileErrors.reason(new FileAlreadyExistsException("a"))).isEqualTo("it exists already");
        assertThat(FileErrors.reason(new NotDirectoryException("a"))).isEqualTo("it is not a folder");
        assertThat(FileErrors.reason(new FileSystemException("a", null, "No space left on device"))).isEqualTo("no space left on device");
        assertThat(FileErrors.reason(new FileNotFoundException("a (1).pt (Permission denied)"))).isEqualTo("permission denied");
        assertThat(FileErrors.reason(new ClosedByInterruptException())).isEqualTo("the thread was interrupted");
        assertThat(FileErrors.reason(new MalformedInputException(1))).isEqualTo("it is not UTF-8 text");
        assertThat(FileErrors.reason(new EOFException())).isEqualTo("it ends too early");
    }

    @Test
    void neverSaysNothing() {
        assertThat(FileErrors.reason(new IOException())).isEqualTo("IOException");
        assertThat(FileErrors.reason(new FileSystemException("a"))).isEqualTo("FileSystemException");
        assertThat(FileErrors.reason(new IOException("EOF within the header"))).isEqualTo("EOF within the header");
        assertThat(FileErrors.reason(new IOException("Input/output error"))).isEqualTo("input/output error");
    }

    @Test
    void aFileThatIsNotFoundIsToldFromOneThatIsHidden() throws IOException {
        assertThat(FileErrors.absent(folder.resolve("a"))).isEqualTo("does not exist");
        assertThat(FileErrors.absent(folder.resolve("a\ufffd"))).contains("does not exist by this name", "not " + System.getProperty("sun.jnu.encoding"), "LC_ALL");
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(FileErrors.absent(file.resolve("below"))).isEqualTo("cannot be reached: not a directory");
        assertThat(FileErrors.absent(folder.resolve("a".repeat(300)))).isEqualTo("cannot be reached: file name too long");
        assertThat(FileErrors.name(Path.of(""))).isEqualTo("''");
    }
}
