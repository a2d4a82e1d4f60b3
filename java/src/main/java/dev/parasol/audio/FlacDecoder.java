package dev.parasol.audio;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** FLAC as RFC 9639 describes it: any block size, 4 to 32 bits, 1 to 8 channels. Frames are checked by their checksums. */
final class FlacDecoder implements Decoder {
    private static final int STREAM_INFO_BYTES = 34;
    private static final int LAST_BLOCK = 0x80;

    private final String file;
    private final BitReader in;
    private final List<String> warnings;
    /** As large as the largest frame so far. */
    private float[] block = {};
    private FlacFrame frame;
    private int sampleRate;
    private int channels;
    private int sampleBits;
    /** 0 when the header does not tell. */
    private long totalSamples;
    private long done;
    private boolean ended;
    /** What is in the block already, because a skip ended within a frame. */
    private int waiting;

    private FlacDecoder(String file, AudioBytes bytes, List<String> warnings) {
        this.file = file;
        this.in = new BitReader(bytes);
        this.warnings = warnings;
    }

    /**
     * Reads the header.
     *
     * @param bytes of which {@code fLaC} comes next
     * @param warnings takes a sentence when the recording's end is not that which the header promises
     */
    static FlacDecoder open(String file, AudioBytes bytes, List<String> warnings) throws IOException {
        FlacDecoder decoder = new FlacDecoder(file, bytes, warnings);
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
        frame = new FlacFrame(in, sampleRate, channels, sampleBits);
    }

    @Override
    public int sampleRate() {
        return sampleRate;
    }

    @Override
    public long expectedSamples() {
        return totalSamples == 0 ? AudioBytes.UNKNOWN : totalSamples;
    }

    @Override
    public float[] block() {
        return block;
    }

    @Override
    public int read() throws IOException {
        int count = waiting;
        waiting = 0;
        if (count == 0) {
            count = readFrame();
            if (count > 0) {
                mix(0, count);
            }
        }
        return count;
    }

    @Override
    public long skip(long samples) throws IOException {
        long skipped = 0;
        while (skipped < samples) {
            int count = waiting > 0 ? waiting : readFrame();
            if (count < 0) {
                break;
            }
            int over = (int) Math.min(count, samples - skipped);
            if (waiting > 0) {
                System.arraycopy(block, over, block, 0, count - over);
            } else {
                mix(over, count);
            }
            waiting = count - over;
            skipped += over;
        }
        return skipped;
    }

    /** Returns the next frame's samples as far as the header's count goes; -1 at the end, which may be one that has to be told. */
    private int readFrame() throws IOException {
        if (ended) {
            return -1;
        }
        String trouble = null;
        try {
            if ((totalSamples == 0 || done < totalSamples) && in.more()) {
                int count = frame.read();
                if (totalSamples > 0) {
                    count = (int) Math.min(count, totalSamples - done);
                }
                done += count;
                return count;
            }
        } catch (EOFException e) {
            trouble = "is cut short";
        } catch (FlacFrame.Damage e) {
            trouble = "is damaged (" + e.getMessage() + ")";
        }
        ended = true;
        end(trouble == null && done < totalSamples ? "is cut short" : trouble);
        return -1;
    }

    private void end(String trouble) {
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

    /** Leaves a frame's samples from {@code first} on at the block's begin. */
    private void mix(int first, int count) {
        block = block.length < count ? new float[count] : block;
        double scale = 1 / ((double) channels * (1L << sampleBits - 1));
        for (int i = first; i < count; i++) {
            long sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += frame.samples(c)[i];
            }
            block[i - first] = (float) (sum * scale);
        }
    }
}
