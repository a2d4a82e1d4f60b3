package dev.parasol.audio;

import java.io.IOException;

/** A recording whose header has been read. */
interface Decoder {
    /** In Hz. */
    int sampleRate();

    /** How many mono samples will come as the header and, where it is known, the file's size have it; {@link AudioBytes#UNKNOWN} when they do not tell. */
    long expectedSamples();

    /**
     * Decodes the next samples, the mean of all channels, full scale -1 … 1.
     *
     * @return how many {@link #block} holds from its begin on, 1 or more; -1 at the end
     */
    int read() throws IOException;

    /** Where the last {@link #read} left samples. */
    float[] block();

    /** Passes over samples and returns how many; fewer than asked for means that the recording has ended. */
    long skip(long samples) throws IOException;
}
