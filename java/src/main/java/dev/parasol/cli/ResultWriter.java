package dev.parasol.cli;

import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.Transcript;

/** Writes the files' results where they belong; warnings and those errors that have no place there go to standard error. */
interface ResultWriter {
    /**
     * One file's result.
     *
     * @param name the path as the user gave it
     */
    void write(String name, FileResult result);

    /** There are no more. */
    default void finish() {}

    /** Tells standard error what the user should know of a file. */
    static void warn(Transcript transcript) {
        Notices.warn(transcript.warnings());
    }

    /** Tells standard error what went wrong. */
    static void fail(RuntimeException error) {
        System.err.println("parasol: " + Printable.of(error.getMessage()));
    }
}
