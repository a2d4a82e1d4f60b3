package dev.parasol.audio;

import dev.parasol.files.FileErrors;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads WAV (PCM 8, 16, 24, 32; float 32, 64) and FLAC, told apart by what is in the file and not by its name; any rate, any number
 * of channels. Beside the clip itself, memory is bounded by some MiB. Thread-safe.
 */
public final class AudioReader {
    private static final int LEAST_RATE = 2_000;
    private static final int MOST_RATE = 384_000;
    private static final int HEAD_BYTES = 16;
    private static final String SUPPORTED = "supported: WAV (PCM or float) and FLAC; other formats can be converted, for example by ffmpeg -i IN -ar 16000 -ac 1 OUT.wav";

    private AudioReader() {}

    /**
     * Reads a recording as 16 kHz mono.
     *
     * @throws AudioException when it is no recording that can be read, or has samples that are no numbers; data cut short are
     *     no error but a warning of the clip
     */
    public static AudioClip read(Path file) {
        if (file.toString().isEmpty()) {
            throw new AudioException(FileErrors.name(file) + " is an empty name, expected that of a recording");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new AudioException(file + (Files.isDirectory(file) ? " is a folder, expected a recording" : " is not a regular file"));
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(file.toString(), open(file.toString(), channel));
        } catch (NoSuchFileException e) {
            throw new AudioException(file + " " + FileErrors.absent(file), e);
        } catch (IOException e) {
            throw new AudioException(file + " cannot be read: " + FileErrors.reason(e), e);
        }
    }

    private static AudioClip read(String file, Decoder decoder) throws IOException {
        int rate = decoder.sampleRate();
        if (rate < LEAST_RATE || rate > MOST_RATE) {
            throw new AudioException(file + " has a sample rate of " + Integer.toUnsignedString(rate) + " Hz, expected " + LEAST_RATE + " to " + MOST_RATE);
        }
        List<String> warnings = new ArrayList<>();
        SampleBuffer buffer = new SampleBuffer(file, Resampler.outputLength(decoder.expectedSamples(), rate, AudioClip.SAMPLE_RATE));
        Counter counter = new Counter();
        if (rate == AudioClip.SAMPLE_RATE) {
            decoder.decode(counter.before(buffer), warnings);
        } else {
            Resampler resampler = new Resampler(rate, AudioClip.SAMPLE_RATE, buffer);
            decoder.decode(counter.before(resampler), warnings);
            resampler.finish();
        }
        return new AudioClip(buffer.toArray(), (double) counter.samples / rate, warnings);
    }

    private static Decoder open(String file, FileChannel channel) throws IOException {
        if (channel.size() == 0) {
            throw new AudioException(file + " is empty, expected a recording");
        }
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        int length = readAt(channel, head, 0);
        String text = new String(head.array(), 0, length, StandardCharsets.ISO_8859_1);
        if ((text.startsWith("RIFF") || text.startsWith("RF64")) && text.startsWith("WAVE", 8)) {
            return WavDecoder.open(file, channel);
        }
        if (text.startsWith("fLaC")) {
            return FlacDecoder.open(file, channel, 0);
        }
        if (text.startsWith("ID3")) {
            return openBehindTag(file, channel, head);
        }
        throw new AudioException(file + " is " + AudioFormats.name(text) + " (" + SUPPORTED + ")");
    }

    /** FLAC may stand behind an ID3v2 tag; what else does is MP3. */
    private static Decoder openBehindTag(String file, FileChannel channel, ByteBuffer head) throws IOException {
        long start = 10 + ((long) (head.get(6) & 0x7f) << 21 | (head.get(7) & 0x7f) << 14 | (head.get(8) & 0x7f) << 7 | head.get(9) & 0x7f);
        ByteBuffer magic = ByteBuffer.allocate(4);
        if (readAt(channel, magic, start) == 4 && new String(magic.array(), StandardCharsets.ISO_8859_1).equals("fLaC")) {
            return FlacDecoder.open(file, channel, start);
        }
        throw new AudioException(file + " is MP3, which cannot be read (" + SUPPORTED + ")");
    }

    /** Fills {@code buffer} as far as the file goes, and returns how far that is. */
    static int readAt(FileChannel channel, ByteBuffer buffer, long position) throws IOException {
        int start = buffer.position();
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position() - start) < 0) {
                break;
            }
        }
        return buffer.position() - start;
    }

    /** Fills {@code buffer} or throws. */
    static void readFully(FileChannel channel, ByteBuffer buffer, long position) throws IOException {
        if (readAt(channel, buffer, position) < 0 || buffer.hasRemaining()) {
            throw new EOFException("it ends within its header");
        }
    }

    private static final class Counter {
        private long samples;

        SampleSink before(SampleSink next) {
            return (block, count) -> {
                samples += count;
                next.accept(block, count);
            };
        }
    }
}
