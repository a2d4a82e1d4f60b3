package dev.parasol.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** However a recording is read, its samples are the same bit for bit: those of its mean resampled in one block. */
class AudioStreamPropertyTest {
    private static final int[] RATES = {2_000, 8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000};
    private static final int[] BITS = {8, 16, 24, 32};
    private static final String[] FLAC = {"mono16", "stereo16", "stereo24", "piped16", "mono8", "wasted16", "stereo32", "six16"};
    /** Those behind them are one frame. */
    private static final int SEVERAL_FRAMES = 4;

    private static Path file;

    @BeforeContainer
    static void createFile() throws IOException {
        file = Files.createTempFile("stream", ".bin");
    }

    @AfterContainer
    static void deleteFile() throws IOException {
        Files.delete(file);
    }

    private static AudioStream open(byte[] bytes, boolean pipe) throws IOException {
        if (pipe) {
            return AudioStream.open("pipe", new ByteArrayInputStream(bytes));
        }
        return AudioStream.open(Files.write(file, bytes));
    }

    /** Reads blocks of random sizes, skipping some, and checks every sample against its place in the whole. */
    private static void check(byte[] bytes, boolean pipe, float[] whole, Random random) throws IOException {
        int most = 1 + random.nextInt(1 + random.nextInt(1 + whole.length));
        boolean skips = random.nextBoolean();
        try (AudioStream stream = open(bytes, pipe)) {
            float[] block = new float[most + 2];
            int at = 0;
            for (;;) {
                if (skips && random.nextInt(3) == 0) {
                    int target = at + random.nextInt(1 + most * 2);
                    stream.skipTo(target);
                    at = Math.min(target, whole.length);
                }
                assertThat(stream.position()).isEqualTo(at);
                int length = 1 + random.nextInt(most);
                int count = stream.read(block, 1, length);
                if (count < 0) {
                    break;
                }
                assertThat(Arrays.copyOfRange(block, 1, 1 + count)).isEqualTo(Arrays.copyOfRange(whole, at, at + count));
                at += count;
            }
            assertThat(at).isEqualTo(whole.length);
            assertThat(stream.position()).isEqualTo(at);
        }
    }

    @Property(tries = 400)
    void wav(@ForAll @IntRange(max = 7) int rate, @ForAll @IntRange(max = 5) int kind, @ForAll @IntRange(min = 1, max = 9) int channels,
            @ForAll @IntRange(max = 20_000) int frames, @ForAll boolean pipe, @ForAll long seed) throws IOException {
        Random random = new Random(seed);
        boolean floating = kind > 3;
        int bits = floating ? 32 * (kind - 3) : BITS[kind];
        byte[] data = new byte[frames * channels * bits / 8];
        random.nextBytes(data);
        for (int i = 3; floating && i < data.length; i += 4) {
            data[i] = (byte) (data[i] & 0xbf | 0x38 & ~(bits - 32));      // magnitudes below 2, whatever the width
        }
        byte[] bytes = new WavFile().format(floating ? 3 : 1, channels, RATES[rate], bits).data(data).bytes();
        float[] whole = AudioReader.read(Files.write(file, bytes)).samples();
        assertThat(whole).isEqualTo(resampled(ownRate(WavDecoder.open("whole", new PipeBytes(new ByteArrayInputStream(bytes)), new ArrayList<>())), RATES[rate]));
        check(bytes, pipe, whole, random);
    }

    @Property(tries = 200)
    void flac(@ForAll @IntRange(max = 7) int name, @ForAll @IntRange(max = 2) int cut, @ForAll boolean pipe, @ForAll long seed) throws IOException {
        byte[] bytes = FlacTest.resource(FLAC[name] + ".flac");
        bytes = Arrays.copyOf(bytes, name < SEVERAL_FRAMES ? bytes.length - 50 * cut : bytes.length);
        float[] whole = AudioReader.read(Files.write(file, bytes)).samples();
        check(bytes, pipe, whole, new Random(seed));
    }

    private static float[] ownRate(Decoder decoder) throws IOException {
        SampleQueue queue = new SampleQueue();
        for (int count = decoder.read(); count >= 0; count = decoder.read()) {
            queue.add(decoder.block(), count);
        }
        return all(queue);
    }

    private static float[] resampled(float[] samples, int rate) {
        if (rate == AudioClip.SAMPLE_RATE) {
            return samples;
        }
        SampleQueue queue = new SampleQueue();
        Resampler resampler = new Resampler(rate, AudioClip.SAMPLE_RATE, queue);
        resampler.accept(samples, samples.length);
        resampler.finish();
        return all(queue);
    }

    private static float[] all(SampleQueue queue) {
        float[] samples = new float[queue.size()];
        queue.take(samples, 0, samples.length);
        return samples;
    }
}
