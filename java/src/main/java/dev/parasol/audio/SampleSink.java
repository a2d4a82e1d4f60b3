package dev.parasol.audio;

/** Takes mono samples, block by block. */
@FunctionalInterface
interface SampleSink {
    /** Takes the first {@code count} of {@code samples}, which may be reused after the call. */
    void accept(float[] samples, int count);
}
