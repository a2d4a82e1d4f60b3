package dev.parasol.audio;

import dev.parasol.files.FileErrors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * A recording as 16 kHz mono samples that are decoded and resampled as they are asked for: WAV (PCM 8, 16, 24, 32; float 32, 64) and
 * FLAC, told apart by what is in the file and not by its name; any rate, any number of channels. The samples do not depend on how
 * many are read at a time. Memory is bounded by some MiB however long the recording is (26 at the worst rate, fewer than 2 as a rule). Not thread-safe.
 */
public final class AudioStream implements AutoCloseable {
    /** Samples a second. */
    public static final int SAMPLE_RATE = AudioClip.SAMPLE_RATE;

    private static final String STANDARD_INPUT = "-";
    private static final int LEAST_RATE = 2_000;
    private static final int MOST_RATE = 384_000;
    /** A header that speaks of more samples than this is not believed. */
    private static final long MOST_LENGTH = 1L << 48;

    private final String name;
    private final AudioBytes bytes;
    private final Decoder decoder;
    /** Null where the recording has 16 kHz. */
    private final Resampler resampler;
    private final SampleQueue queue = new SampleQueue();
    private final List<String> warnings = new ArrayList<>();
    private long sourceSamples;
    private long position;
    private boolean ended;

    private AudioStream(String name, AudioBytes bytes) throws IOException {
        this.name = name;
        this.bytes = bytes;
        this.decoder = AudioFormats.open(name, bytes, warnings);
        int rate = decoder.sampleRate();
        if (rate < LEAST_RATE || rate > MOST_RATE) {
            throw new AudioException(name + " has a sample rate of " + Integer.toUnsignedString(rate) + " Hz, expected " + LEAST_RATE + " to " + MOST_RATE);
        }
        this.resampler = rate == SAMPLE_RATE ? null : new Resampler(rate, SAMPLE_RATE, queue);
    }

    /**
     * Opens a recording.
     *
     * @param file {@code -} is standard input, as {@link #open(String, InputStream)} takes it, which stays open
     * @throws AudioException when it is no recording that can be read
     */
    public static AudioStream open(Path file) {
        if (file.toString().equals(STANDARD_INPUT)) {
            return open("standard input", new UnclosedInput(System.in));
        }
        if (file.toString().isEmpty()) {
            throw new AudioException(FileErrors.name(file) + " is an empty name, expected that of a recording");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new AudioException(file + (Files.isDirectory(file) ? " is a folder, expected a recording" : " is not a regular file (through a pipe, a recording is read as '-')"));
        }
        try {
            return open(file.toString(), new FileBytes(file));
        } catch (NoSuchFileException e) {
            throw new AudioException(file + " " + FileErrors.absent(file), e);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    /**
     * Opens a recording that comes through a pipe. A WAV header whose data have a length of 0 or one that writers put when they
     * do not know it, 0x7fff.... or 0xffff...., means data until the end; its format has to come before the data.
     *
     * @param name what messages call it
     * @param in from its first byte on; closed with this stream, or when it cannot be opened
     * @throws AudioException when it is no recording that can be read
     */
    public static AudioStream open(String name, InputStream in) {
        try {
            return open(name, new PipeBytes(in));
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private static AudioStream open(String name, AudioBytes bytes) throws IOException {
        AudioStream stream = null;
        try {
            stream = new AudioStream(name, bytes);
            return stream;
        } finally {
            if (stream == null) {
                bytes.close();
            }
        }
    }

    /**
     * Reads the next samples; waits for a pipe's.
     *
     * @param buffer takes samples of full scale -1 … 1 from {@code offset} on
     * @return how many there are, from 1 to {@code length}, and not necessarily as many; -1 at the recording's end, behind which
     *     {@link #warnings} are complete; 0 only when {@code length} is
     * @throws AudioException when the recording cannot be read further, after which nothing can be
     */
    public int read(float[] buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        while (length > 0 && queue.size() == 0 && !ended) {
            decode();
        }
        if (length > 0 && queue.size() == 0) {
            return -1;
        }
        int count = queue.take(buffer, offset, length);
        position += count;
        return count;
    }

    /**
     * Reads the next samples until {@code buffer} is full or the recording ends.
     *
     * @return how many there are: less than the buffer takes, 0 perhaps, only at the recording's end
     * @throws AudioException as {@link #read}
     */
    public int fill(float[] buffer) {
        int count = 0;
        while (count < buffer.length) {
            int more = read(buffer, count, buffer.length - count);
            if (more < 0) {
                break;
            }
            count += more;
        }
        return count;
    }

    /**
     * Passes over samples, so that the next one is {@code sample}; those that follow are the same as if all had been read. In a
     * WAV file that takes no time; otherwise, what lies between is read and decoded.
     *
     * @param sample counted from the recording's begin; behind its end, the stream is at the end
     * @throws IllegalArgumentException when that sample has been read already
     * @throws AudioException as {@link #read}
     */
    public void skipTo(long sample) {
        if (sample < position) {
            throw new IllegalArgumentException("sample " + sample + " lies before sample " + position + ", which comes next");
        }
        position += queue.drop(sample - position);
        if (position < sample && !ended) {
            skipSource(sample);
        }
        while (!ended && (position < sample || queue.size() == 0)) {
            decode();
            position += queue.drop(sample - position);
        }
    }

    /** Passes over what need not be delivered. */
    private void skipSource(long sample) {
        long needless = resampler == null ? sample - position : resampler.skipped(sample);
        if (needless == 0) {
            return;
        }
        try {
            long skipped = decoder.skip(needless);
            sourceSamples += skipped;
            if (skipped == needless) {
                position = sample;
                if (resampler != null) {
                    resampler.skip(sample);
                }
                return;
            }
            decoder.read();                 // tells of the end
            ended = true;
            position = sourceLength();
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private void decode() {
        try {
            int count = decoder.read();
            if (count < 0) {
                end();
                return;
            }
            sourceSamples += count;
            if (resampler == null) {
                queue.add(decoder.block(), count);
            } else {
                resampler.accept(decoder.block(), count);
            }
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private void end() {
        ended = true;
        if (resampler != null) {
            resampler.finish();
        }
        position = Math.min(position, sourceLength());
    }

    /** Samples that come out of what has been decoded. */
    private long sourceLength() {
        return Resampler.outputLength(sourceSamples, decoder.sampleRate(), SAMPLE_RATE);
    }

    /** The sample that {@link #read} delivers next, counted from the recording's begin. */
    public long position() {
        return position;
    }

    /**
     * How many samples the recording has in all as its header and its file's size tell: good for showing progress, but a header
     * may be wrong. Empty where they do not tell.
     */
    public OptionalLong length() {
        long samples = decoder.expectedSamples();
        return samples == AudioBytes.UNKNOWN || samples > MOST_LENGTH ? OptionalLong.empty() : OptionalLong.of(Resampler.outputLength(samples, decoder.sampleRate(), SAMPLE_RATE));
    }

    /** Seconds decoded so far, by the recording's own rate; at its end, its length. */
    public double sourceSeconds() {
        return (double) sourceSamples / decoder.sampleRate();
    }

    /** What the user should know, one sentence each (data cut short, for example), as far as it has come up. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** What messages call the recording: its file's name. */
    public String name() {
        return name;
    }

    /** Bytes of the file; of a pipe those that have come. */
    long sourceBytes() {
        try {
            return Math.max(bytes.size(), bytes.position());
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /** Closes the file. */
    @Override
    public void close() {
        try {
            bytes.close();
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private static AudioException unreadable(String name, IOException e) {
        return new AudioException(name + " cannot be read: " + FileErrors.reason(e), e);
    }
}
