package dev.parasol.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The files were made by {@code flac} 1.4.2 from {@link #signal}; between them they have every kind of subframe and of stereo,
 * fixed and linear predictors, escaped and partitioned residuals, wasted bits and the 33-bit side channel.
 */
class FlacTest {
    @TempDir
    Path folder;

    static byte[] resource(String name) throws IOException {
        try (InputStream in = FlacTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    /** The samples that were encoded, and their mean scaled to full scale 1. */
    private static float[] signal(int count, int channels, int bits, int wasted) {
        long noise = 1;
        long a = 0;
        long b = 1L << bits - 3;
        float[] mean = new float[count];
        for (int i = 0; i < count; i++) {
            long next = (31_164 * b >> 14) - a;
            a = b;
            b = Math.max(-(1L << bits - 2), Math.min(1L << bits - 2, next));
            long sum = 0;
            for (int c = 0; c < channels; c++) {
                noise = noise * 1_103_515_245L + 12_345 & 0x7fff_ffff;
                long r = noise >> 8;
                long small = r % 8 - 4;
                long loud = bits <= 22 ? r % (1L << bits) - (1L << bits - 1) : (r << bits - 23) - (1L << bits - 1);
                long value = switch (i / 500 % 6) {
                    case 0 -> b + small;
                    case 1 -> 0;
                    case 2 -> loud;
                    case 3 -> (b >> 6 * c) + small;
                    case 4 -> (b >> 6 * (channels - 1 - c)) + small;
                    default -> (c == 0 ? b : -b) + small;
                };
                sum += value >> wasted << wasted;
            }
            mean[i] = (float) (sum * (1 / ((double) channels * (1L << bits - 1))));
        }
        return mean;
    }

    /** The samples in the recording's own rate. */
    private static float[] decode(Path file, List<String> warnings) throws IOException {
        try (FileBytes bytes = new FileBytes(file)) {
            FlacDecoder decoder = FlacDecoder.open(file.toString(), bytes, warnings);
            float[] samples = {};
            for (int count = decoder.read(); count >= 0; count = decoder.read()) {
                samples = Arrays.copyOf(samples, samples.length + count);
                System.arraycopy(decoder.block(), 0, samples, samples.length - count, count);
            }
            return samples;
        }
    }

    @ParameterizedTest
    @CsvSource({"mono16,16000,1,16,3000,0", "stereo16,16000,2,16,3000,0", "stereo24,44100,2,24,3000,0", "mono8,8000,1,8,3000,0",
            "stereo32,48000,2,32,1000,0", "wasted16,16000,1,16,3000,4", "six16,22050,6,16,700,0", "piped16,16000,2,16,3000,0"})
    void decodesExactly(String name, int rate, int channels, int bits, int count, int wasted) throws IOException {
        Path file = Files.write(folder.resolve(name), resource(name + ".flac"));
        List<String> warnings = new ArrayList<>();
        assertThat(decode(file, warnings)).isEqualTo(signal(count, channels, bits, wasted));
        assertThat(warnings).isEmpty();
        assertThat(AudioReader.read(file).seconds()).isEqualTo((double) count / rate);
    }

    @Test
    void readsBehindATag() throws IOException {
        byte[] flac = resource("mono16.flac");
        byte[] file = new byte[10 + 300 + flac.length];
        System.arraycopy(new byte[] {'I', 'D', '3', 4, 0, 0, 0, 0, 2, 44}, 0, file, 0, 10);
        System.arraycopy(flac, 0, file, 310, flac.length);
        assertThat(AudioReader.read(Files.write(folder.resolve("tagged.flac"), file)).samples()).isEqualTo(signal(3000, 1, 16, 0));
    }

    @Test
    void dataCutShortAreReadAsFarAsTheyGoWithAWarning() throws IOException {
        byte[] flac = resource("stereo16.flac");
        Path file = Files.write(folder.resolve("cut.flac"), Arrays.copyOf(flac, flac.length - 300));
        AudioClip clip = AudioReader.read(file);
        assertThat(clip.samples()).isEqualTo(Arrays.copyOf(signal(3000, 2, 16, 0), 2500));
        assertThat(clip.warnings()).singleElement().asString().contains("cut.flac is cut short", "first 0.16 of 0.19 seconds");
    }

    @Test
    void damageEndsTheClipWithAWarning() throws IOException {
        byte[] flac = resource("mono16.flac");
        flac[flac.length - 100] ^= 4;
        AudioClip clip = AudioReader.read(Files.write(folder.resolve("broken.flac"), flac));
        assertThat(clip.samples()).isEqualTo(Arrays.copyOf(signal(3000, 1, 16, 0), 2500));
        assertThat(clip.warnings()).singleElement().asString().contains("broken.flac is damaged");
    }

    @Test
    void damageInTheFirstFrameIsAnError() throws IOException {
        byte[] flac = resource("mono16.flac");
        int frame = 0;
        while ((flac[frame] & 0xff) != 0xff || (flac[frame + 1] & 0xfe) != 0xf8) {
            frame++;
        }
        flac[frame + 20] ^= 1;
        Path file = Files.write(folder.resolve("broken.flac"), flac);
        assertThatThrownBy(() -> AudioReader.read(file)).isInstanceOf(AudioException.class).hasMessageContaining("not one frame");
    }

    @Test
    void headersThatCannotBeReadAreErrors() throws IOException {
        byte[] flac = resource("mono16.flac");
        for (int length : new int[] {4, 20, 41, 43}) {
            Path file = Files.write(folder.resolve("short.flac"), Arrays.copyOf(flac, length));
            assertThatThrownBy(() -> AudioReader.read(file)).as("%d bytes", length).isInstanceOf(AudioException.class).hasMessageContaining("short.flac");
        }
    }

    /** Frames of one value each, 65,535 samples in twelve bytes. */
    static byte[] silence(int frames, int rate) throws IOException {
        byte[] header = Arrays.copyOf(resource("mono16.flac"), 42);
        header[4] |= (byte) 0x80;
        header[18] = (byte) (rate >> 12);
        header[19] = (byte) (rate >> 4);
        header[20] = (byte) (rate << 4 | header[20] & 0xf);
        Arrays.fill(header, 22, 26, (byte) 0);
        header[21] &= (byte) 0xf0;
        byte[] frame = {(byte) 0xff, (byte) 0xf8, 0x70, 0x08, 0, (byte) 0xff, (byte) 0xfe, 0, 0, 0, 0, 0, 0};
        frame[7] = (byte) AudioPropertyTest.crc(Arrays.copyOf(frame, 7), 8, 0x07);
        int sum = AudioPropertyTest.crc(Arrays.copyOf(frame, 11), 16, 0x8005);
        frame[11] = (byte) (sum >> 8);
        frame[12] = (byte) sum;
        byte[] file = Arrays.copyOf(header, header.length + frames * frame.length);
        for (int i = 0; i < frames; i++) {
            System.arraycopy(frame, 0, file, header.length + i * frame.length, frame.length);
        }
        return file;
    }

    @Test
    void silenceThatIsTooLongForItsBytesIsReadAsAStreamOnly() throws IOException {
        // 73 and 109 seconds are free; 1.2 hours in 13 kB would take 280 MB
        assertThat(AudioReader.read(Files.write(folder.resolve("short.flac"), silence(27, 24_000))).seconds()).isEqualTo(27 * 65_535 / 24_000.0);
        Path file = Files.write(folder.resolve("silence.flac"), silence(1000, 16_000));
        assertThatThrownBy(() -> AudioReader.read(file)).isInstanceOf(AudioException.class)
                .hasMessageContainingAll("silence.flac holds more than", "minutes of sound in 13042 bytes", "expected at most 512 samples a byte beyond the first 5 minutes", "stream");
        try (AudioStream stream = AudioStream.open(file)) {
            float[] block = new float[1 << 16];
            long count = 0;
            for (int read = stream.read(block, 0, block.length); read >= 0; read = stream.read(block, 0, block.length)) {
                count += read;
            }
            assertThat(count).isEqualTo(65_535_000);
        }
    }
}
