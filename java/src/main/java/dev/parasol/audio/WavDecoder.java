package dev.parasol.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** WAV: a file's chunks in any order, a pipe's with the format before the data; also as writers leave it that do not know the length beforehand. */
final class WavDecoder implements Decoder {
    private static final int CHUNK_HEADER = 8;
    private static final int FIRST_CHUNK = 12;
    /** So that no file keeps one busy with chunks of nothing. */
    private static final int MOST_CHUNKS = 10_000;
    /** Data sizes from here on mean "until the file ends": writers to a pipe put such a number. */
    private static final long STREAMED = 0x7fff_0000L;
    /** Bytes of data without a known end: more than there ever are. */
    private static final long ENDLESS = Long.MAX_VALUE / 2;
    private static final int BLOCK_BYTES = 1 << 16;
    /** Far beyond any recording; what is larger would overflow in the front end. */
    private static final double MOST_MAGNITUDE = 1 << 20;

    private final String file;
    private final AudioBytes bytes;
    private final List<String> warnings;
    private WavFormat format;
    private long dataStart = -1;
    /** What the header promises; unknown when it says "until the end". */
    private long promisedBytes;
    /** Bytes of data that have not been taken, as far as one knows: in a pipe, there may be fewer. */
    private long bytesLeft;
    private long expectedSamples;
    private ByteBuffer buffer;
    private float[] block;
    private long done;
    private boolean ended;

    private WavDecoder(String file, AudioBytes bytes, List<String> warnings) {
        this.file = file;
        this.bytes = bytes;
        this.warnings = warnings;
    }

    /**
     * Reads the header.
     *
     * @param bytes of which {@code RIFF} or {@code RF64} comes next
     * @param warnings takes a sentence when the recording's end is not that which the header promises
     */
    static WavDecoder open(String file, AudioBytes bytes, List<String> warnings) throws IOException {
        WavDecoder decoder = new WavDecoder(file, bytes, warnings);
        decoder.readChunks();
        int frameBytes = decoder.format.frameBytes();
        int framesPerBlock = Math.max(1, BLOCK_BYTES / frameBytes);
        decoder.buffer = little(framesPerBlock * frameBytes);
        decoder.block = new float[framesPerBlock];
        decoder.expectedSamples = decoder.promisedBytes == AudioBytes.UNKNOWN ? AudioBytes.UNKNOWN : decoder.bytesLeft / frameBytes;
        return decoder;
    }

    /** Reads chunks until a format and data have come, and goes to the data. */
    private void readChunks() throws IOException {
        bytes.skip(FIRST_CHUNK);
        long longDataBytes = AudioBytes.UNKNOWN;
        for (int chunks = 0; format == null || dataStart < 0; chunks++) {
            ByteBuffer header = bytes.fill(little(CHUNK_HEADER));
            if (header.remaining() < CHUNK_HEADER) {
                throw new AudioException(file + " has a WAV header without " + (format == null ? "a format" : "data") + " (cut short?)");
            }
            if (chunks == MOST_CHUNKS) {
                throw new AudioException(file + " has a WAV header of more than " + MOST_CHUNKS + " chunks");
            }
            String id = new String(header.array(), 0, 4, StandardCharsets.ISO_8859_1);
            long length = header.getInt(4) & 0xffff_ffffL;
            long content = bytes.position();
            if (id.equals("ds64") && length >= 16) {
                longDataBytes = bytes.require(little(16)).getLong(8);
            } else if (id.equals("fmt ")) {
                format = WavFormat.parse(file, bytes.fill(little((int) Math.min(length, WavFormat.MOST_BYTES))));
            } else if (id.equals("data") && dataStart < 0) {
                dataStart = content;
                boolean wide = length == 0xffff_ffffL && longDataBytes >= 0;
                length = measure(wide ? longDataBytes : length, wide);
            }
            if (format == null || dataStart < 0) {
                bytes.skip(content + length + length % 2 - bytes.position());
            }
        }
        if (bytes.size() != AudioBytes.UNKNOWN) {
            bytes.seek(dataStart);
        }
    }

    /** Finds out how long the data are that come next, and returns how many bytes they take in the file. */
    private long measure(long length, boolean wide) throws IOException {
        long size = bytes.size();
        if (size != AudioBytes.UNKNOWN) {
            long left = size - dataStart;
            boolean streamed = length >= STREAMED && length > left || length == 0 && left > 0 && !chunkFollows(left);
            bytesLeft = streamed ? left : Math.min(length, left);
            promisedBytes = streamed ? left : length;
            return bytesLeft;
        }
        if (format == null) {
            throw new AudioException(file + " is WAV whose data come before their format, which can be read from a file only");
        }
        // 0x7fff.... and 0xffff....: that it is no length, which a file's size shows, has to be guessed here.
        boolean streamed = !wide && (length == 0 || (length & STREAMED) == STREAMED);
        promisedBytes = streamed ? AudioBytes.UNKNOWN : length;
        bytesLeft = streamed ? ENDLESS : length;
        return length;
    }

    /** Whether a chunk's header comes next: four printable characters and a length that fits the {@code left} bytes of the file. */
    private boolean chunkFollows(long left) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(bytes.peek(CHUNK_HEADER)).order(ByteOrder.LITTLE_ENDIAN);
        if (header.remaining() < CHUNK_HEADER) {
            return false;
        }
        for (int i = 0; i < 4; i++) {
            if (header.get(i) < ' ' || header.get(i) > '~') {
                return false;
            }
        }
        return (header.getInt(4) & 0xffff_ffffL) <= left - CHUNK_HEADER;
    }

    @Override
    public int sampleRate() {
        return format.sampleRate();
    }

    @Override
    public long expectedSamples() {
        return expectedSamples;
    }

    @Override
    public float[] block() {
        return block;
    }

    @Override
    public int read() throws IOException {
        int frameBytes = format.frameBytes();
        while (!ended && buffer.position() < frameBytes) {
            buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + bytesLeft));
            int count = buffer.hasRemaining() ? bytes.read(buffer) : -1;
            bytesLeft -= Math.max(count, 0);
            if (count < 0) {
                end();
            }
        }
        if (ended) {
            return -1;
        }
        buffer.flip();
        int count = buffer.remaining() / frameBytes;
        mix(count);
        buffer.compact();
        done += count;
        return count;
    }

    @Override
    public long skip(long samples) throws IOException {
        int frameBytes = format.frameBytes();
        int begun = buffer.position();
        long asked = Math.min(samples, (begun + bytesLeft) / frameBytes);
        if (asked == 0) {
            return 0;
        }
        long count = bytes.skip(asked * frameBytes - begun);
        bytesLeft -= count;
        buffer.clear();
        long skipped = (begun + count) / frameBytes;
        done += skipped;
        return skipped;
    }

    private void end() {
        ended = true;
        long there = done * format.frameBytes() + buffer.position();
        if (promisedBytes > there) {
            warnings.add(String.format(Locale.ROOT, "%s is cut short: %.2f of %.2f seconds are there", file,
                    (double) done / format.sampleRate(), (double) promisedBytes / format.frameBytes() / format.sampleRate()));
        } else if (done == 0) {
            warnings.add(file + " holds no samples");
        }
    }

    private void mix(int count) {
        int channels = format.channels();
        for (int i = 0; i < count; i++) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                double sample = sample();
                // written so that NaN, too, is caught
                if (!(Math.abs(sample) <= MOST_MAGNITUDE)) {
                    throw new AudioException(file + ": sample " + (done + i) + (channels > 1 ? " of channel " + c : "") + " is " + (float) sample
                            + ", expected a number from -1 to 1");
                }
                sum += sample;
            }
            block[i] = (float) (sum / channels);
        }
    }

    private double sample() {
        if (format.floating()) {
            return format.sampleBytes() == 4 ? buffer.getFloat() : buffer.getDouble();
        }
        return switch (format.sampleBytes()) {
            case 1 -> ((buffer.get() & 0xff) - 128) / 128.0;
            case 2 -> buffer.getShort() / 32_768.0;
            case 3 -> ((buffer.get() & 0xff) | (buffer.get() & 0xff) << 8 | buffer.get() << 16) / 8_388_608.0;
            default -> buffer.getInt() / 2_147_483_648.0;
        };
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
