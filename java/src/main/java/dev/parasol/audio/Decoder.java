package dev.parasol.audio;

import java.io.IOException;
import java.util.List;

/** A recording whose header has been read. */
interface Decoder {
    /** In Hz. */
    int sampleRate();

    /** How many mono samples will come as far as the file's size lets one trust the header; only a hint. */
    long expectedSamples();

    /**
     * Delivers the mean of all channels, full scale -1 … 1, as far as the data go.
     *
     * @param warnings takes a sentence when that is not the end that the header promises
     */
    void decode(SampleSink sink, List<String> warnings) throws IOException;
}
