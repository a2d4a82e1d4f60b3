package dev.parasol.audio;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Locale;

/** FLAC as RFC 9639 describes it: any block size, 4 to 32 bits, 1 to 8 channels. Frames are checked by their checksums. */
final class FlacDecoder implements Decoder {
    private static final int STREAM_INFO_BYTES = 34;
    private static final int LAST_BLOCK = 0x80;
    /** Samples that a byte may stand for before the header's count is doubted; silence takes about ten bytes for 4096. */
    private static final int TRUSTED_RATIO = 512;

    private final String file;
    private final BitReader in;
    private final long fileBytes;
    private int sampleRate;
    private int channels;
    private int sampleBits;
    /** 0 when the header does not tell. */
    private long totalSamples;

    private FlacDecoder(String file, FileChannel channel, long start) throws IOException {
        this.file = file;
        this.fileBytes = channel.size();
        this.in = new BitReader(channel, start);
    }

    /** @param start where {@code fLaC} stands */
    static FlacDecoder open(String file, FileChannel channel, long start) throws IOException {
        FlacDecoder decoder = new FlacDecoder(file, channel, start);
        try {
            decoder.readHeader();
        } catch (EOFException e) {
            throw new AudioException(file + " ends within its FLAC header", e);
        }
        return decoder;
    }

    private void readHeader() throws IOException {
        in.bits(32);
        boolean last = false;
        for (boolean first = true; !last; first = false) {
            int type = (int) in.bits(8);
            int length = (int) in.bits(24);
            last = (type & LAST_BLOCK) != 0;
            if (first) {
                if ((type & 0x7f) != 0 || length != STREAM_INFO_BYTES) {
                    throw new AudioException(file + " has a FLAC header that does not begin with stream information");
                }
                readStreamInfo();
            } else {
                in.skip(length);
            }
            if (!last && !in.more()) {
                throw new EOFException();
            }
        }
    }

    private void readStreamInfo() throws IOException {
        in.bits(32);                                    // least and largest block, not needed
        in.bits(48);                                    // least and largest frame
        sampleRate = (int) in.bits(20);
        channels = (int) in.bits(3) + 1;
        sampleBits = (int) in.bits(5) + 1;
        totalSamples = in.bits(36);
        in.skip(16);                                    // MD5 of the samples: frames have checksums of their own
        if (sampleBits < 4) {
            throw new AudioException(file + " has a FLAC header with " + sampleBits + "-bit samples, expected 4 to 32");
        }
    }

    @Override
    public int sampleRate() {
        return sampleRate;
    }

    @Override
    public long expectedSamples() {
        return Math.min(totalSamples, fileBytes * TRUSTED_RATIO);
    }

    @Override
    public void decode(SampleSink sink, List<String> warnings) throws IOException {
        FlacFrame frame = new FlacFrame(in, sampleRate, channels, sampleBits);
        float[] mono = new float[FlacFrame.MAX_BLOCK];
        long done = 0;
        String trouble = null;
        while (trouble == null && (totalSamples == 0 || done < totalSamples) && in.more()) {
            try {
                int count = frame.read();
                if (totalSamples > 0) {
                    count = (int) Math.min(count, totalSamples - done);
                }
                mix(frame, mono, count);
                sink.accept(mono, count);
                done += count;
            } catch (EOFException e) {
                trouble = "is cut short";
            } catch (FlacFrame.Damage e) {
                trouble = "is damaged (" + e.getMessage() + ")";
            }
        }
        if (trouble == null && done < totalSamples) {
            trouble = "is cut short";
        }
        if (trouble != null && done == 0) {
            throw new AudioException(file + " " + trouble + ": not one frame of FLAC can be read");
        }
        if (trouble != null) {
            warnings.add(file + " " + trouble + String.format(Locale.ROOT, ": only the first %.2f%s seconds can be read", (double) done / sampleRate,
                    totalSamples == 0 ? "" : String.format(Locale.ROOT, " of %.2f", (double) totalSamples / sampleRate)));
        } else if (done == 0) {
            warnings.add(file + " holds no samples");
        }
    }

    private void mix(FlacFrame frame, float[] mono, int count) {
        double scale = 1 / ((double) channels * (1L << sampleBits - 1));
        for (int i = 0; i < count; i++) {
            long sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += frame.samples(c)[i];
            }
            mono[i] = (float) (sum * scale);
        }
    }
}
