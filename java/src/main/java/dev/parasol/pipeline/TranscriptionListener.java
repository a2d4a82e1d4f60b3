package dev.parasol.pipeline;

import java.nio.file.Path;

/** Told of results on the calling thread, in the order of the input and as soon as all earlier ones are known. */
@FunctionalInterface
public interface TranscriptionListener {
    /** Nobody listens. */
    TranscriptionListener NONE = (result, finished, total) -> {};

    /** One more file is done: {@code finished} of {@code total}. */
    void finished(FileResult result, int finished, int total);

    /** One more segment of {@code file} is known; all before it are. Its text has no punctuation yet. The file may still fail. */
    default void segment(Path file, TranscriptSegment segment) {}
}
