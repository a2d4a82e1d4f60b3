package dev.parasol.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** WAV: chunks in any order, also as writers leave it that do not know the length beforehand. */
final class WavDecoder implements Decoder {
    private static final int CHUNK_HEADER = 8;
    private static final int FIRST_CHUNK = 12;
    /** Data sizes from here on mean "until the file ends": writers to a pipe put such a number. */
    private static final long STREAMED = 0x7fff_0000L;
    private static final int BLOCK_BYTES = 1 << 16;
    /** Far beyond any recording; what is larger would overflow in the front end. */
    private static final double MOST_MAGNITUDE = 1 << 20;

    private final String file;
    private final FileChannel channel;
    private WavFormat format;
    private long dataStart = -1;
    private long dataBytes;
    private long promisedBytes;

    private WavDecoder(String file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static WavDecoder open(String file, FileChannel channel) throws IOException {
        WavDecoder decoder = new WavDecoder(file, channel);
        decoder.readChunks();
        return decoder;
    }

    private void readChunks() throws IOException {
        long size = channel.size();
        long longDataBytes = -1;
        for (long at = FIRST_CHUNK; at + CHUNK_HEADER <= size && (format == null || dataStart < 0);) {
            ByteBuffer header = buffer(CHUNK_HEADER);
            AudioReader.readFully(channel, header, at);
            String id = new String(header.array(), 0, 4, StandardCharsets.ISO_8859_1);
            long length = header.getInt(4) & 0xffff_ffffL;
            long content = at + CHUNK_HEADER;
            if (id.equals("ds64") && length >= 16) {
                ByteBuffer sizes = buffer(16);
                AudioReader.readFully(channel, sizes, content);
                longDataBytes = sizes.getLong(8);
            } else if (id.equals("fmt ")) {
                ByteBuffer chunk = buffer((int) Math.min(length, WavFormat.MOST_BYTES));
                AudioReader.readAt(channel, chunk, content);
                format = WavFormat.parse(file, chunk.flip());
            } else if (id.equals("data") && dataStart < 0) {
                length = length == 0xffff_ffffL && longDataBytes >= 0 ? longDataBytes : length;
                length = data(content, length, size);
            }
            at = content + length + length % 2;
        }
        if (format == null || dataStart < 0) {
            throw new AudioException(file + " has a WAV header without " + (format == null ? "a format" : "data") + " (cut short?)");
        }
    }

    /** Notes where the samples lie and returns how many bytes they take. */
    private long data(long content, long length, long size) throws IOException {
        long left = size - content;
        boolean streamed = length >= STREAMED && length > left || length == 0 && left > 0 && !chunkFollows(content, size);
        dataStart = content;
        dataBytes = streamed ? left : Math.min(length, left);
        promisedBytes = streamed ? left : length;
        return dataBytes;
    }

    /** Whether a chunk's header stands there: four printable characters and a length that fits the file. */
    private boolean chunkFollows(long at, long size) throws IOException {
        if (at + CHUNK_HEADER > size) {
            return false;
        }
        ByteBuffer header = buffer(CHUNK_HEADER);
        AudioReader.readFully(channel, header, at);
        for (int i = 0; i < 4; i++) {
            if (header.get(i) < ' ' || header.get(i) > '~') {
                return false;
            }
        }
        return (header.getInt(4) & 0xffff_ffffL) <= size - at - CHUNK_HEADER;
    }

    @Override
    public int sampleRate() {
        return format.sampleRate();
    }

    @Override
    public long expectedSamples() {
        return dataBytes / format.frameBytes();
    }

    @Override
    public void decode(SampleSink sink, List<String> warnings) throws IOException {
        int frameBytes = format.frameBytes();
        int framesPerBlock = Math.max(1, BLOCK_BYTES / frameBytes);
        ByteBuffer block = buffer(framesPerBlock * frameBytes);
        float[] mono = new float[framesPerBlock];
        long frames = expectedSamples();
        for (long done = 0; done < frames;) {
            int count = (int) Math.min(framesPerBlock, frames - done);
            block.clear().limit(count * frameBytes);
            AudioReader.readFully(channel, block, dataStart + done * frameBytes);
            mix(block.flip(), mono, count, done);
            sink.accept(mono, count);
            done += count;
        }
        if (promisedBytes > dataBytes) {
            warnings.add(String.format(Locale.ROOT, "%s is cut short: %.2f of %.2f seconds are there", file,
                    (double) dataBytes / frameBytes / format.sampleRate(), (double) promisedBytes / frameBytes / format.sampleRate()));
        } else if (frames == 0) {
            warnings.add(file + " holds no samples");
        }
    }

    private void mix(ByteBuffer block, float[] mono, int count, long firstFrame) {
        int channels = format.channels();
        for (int i = 0; i < count; i++) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                double sample = sample(block);
                // written so that NaN, too, is caught
                if (!(Math.abs(sample) <= MOST_MAGNITUDE)) {
                    throw new AudioException(file + ": sample " + (firstFrame + i) + (channels > 1 ? " of channel " + c : "") + " is " + (float) sample
                            + ", expected a number from -1 to 1");
                }
                sum += sample;
            }
            mono[i] = (float) (sum / channels);
        }
    }

    private double sample(ByteBuffer block) {
        if (format.floating()) {
            return format.sampleBytes() == 4 ? block.getFloat() : block.getDouble();
        }
        return switch (format.sampleBytes()) {
            case 1 -> ((block.get() & 0xff) - 128) / 128.0;
            case 2 -> block.getShort() / 32_768.0;
            case 3 -> ((block.get() & 0xff) | (block.get() & 0xff) << 8 | block.get() << 16) / 8_388_608.0;
            default -> block.getInt() / 2_147_483_648.0;
        };
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
