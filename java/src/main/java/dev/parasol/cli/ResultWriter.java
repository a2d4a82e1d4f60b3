package dev.parasol.cli;

import dev.parasol.pipeline.FileResult;

/** Writes one file's result to standard output; warnings and errors of text output go to standard error. */
interface ResultWriter {
    /** @param name the path as the user gave it */
    void write(String name, FileResult result);
}
