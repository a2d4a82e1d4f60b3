package dev.parasol.pipeline;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** The outcome for one of several files: a transcript, or what went wrong with this file alone. */
public final class FileResult {
    private final Path file;
    private final Transcript transcript;
    private final RuntimeException error;

    private FileResult(Path file, Transcript transcript, RuntimeException error) {
        this.file = Objects.requireNonNull(file);
        this.transcript = transcript;
        this.error = error;
    }

    static FileResult of(Path file, Transcript transcript) {
        return new FileResult(file, Objects.requireNonNull(transcript), null);
    }

    static FileResult failed(Path file, RuntimeException error) {
        return new FileResult(file, null, Objects.requireNonNull(error));
    }

    /** The path as it was given. */
    public Path file() {
        return file;
    }

    /** The transcript, unless the file failed. */
    public Optional<Transcript> transcript() {
        return Optional.ofNullable(transcript);
    }

    /** What went wrong; its message is meant for the user and stands alone without a stack trace. */
    public Optional<RuntimeException> error() {
        return Optional.ofNullable(error);
    }

    /** The transcript; throws the file's error where there is none. */
    public Transcript orThrow() {
        if (error != null) {
            throw error;
        }
        return transcript;
    }
}
