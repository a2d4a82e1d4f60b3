package dev.parasol.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever a file contains, reading it gives a clip of numbers or an {@link AudioException}. */
class AudioPropertyTest {
    private static Path file;

    @BeforeContainer
    static void createFile() throws IOException {
        file = Files.createTempFile("clip", ".bin");
    }

    @AfterContainer
    static void deleteFile() throws IOException {
        Files.delete(file);
    }

    private static void read(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        try {
            double sum = 0;
            for (float sample : AudioReader.read(file).samples()) {
                sum += Math.abs(sample);
            }
            assertThat(sum).isFinite();
        } catch (AudioException e) {
            assertThat(e).hasMessageContaining(file.toString());
        }
    }

    private static byte[] damage(byte[] original, int place, int value, int length) {
        byte[] bytes = Arrays.copyOf(original, Math.floorMod(length, original.length + 1));
        if (bytes.length > 0) {
            bytes[place % bytes.length] = (byte) value;
        }
        return bytes;
    }

    @Property(tries = 300)
    void anyBytes(@ForAll byte[] bytes) throws IOException {
        read(bytes);
    }

    @Property(tries = 300)
    void anyBytesBehindAFlacHeader(@ForAll @Size(max = 400) byte[] bytes) throws IOException {
        byte[] header = Arrays.copyOf(FlacTest.resource("mono16.flac"), 42);
        header[4] |= (byte) 0x80;
        byte[] whole = Arrays.copyOf(header, header.length + 2 + bytes.length);
        whole[42] = (byte) 0xff;
        whole[43] = (byte) 0xf8;
        System.arraycopy(bytes, 0, whole, 44, bytes.length);
        read(whole);
    }

    @Property(tries = 500)
    void damagedWav(@ForAll @IntRange(max = 75) int place, @ForAll @IntRange(max = 255) int value, @ForAll @IntRange(max = 76) int length) throws IOException {
        read(damage(new WavFile().extensible(3, 2, 22_050, 32).data(WavFile.floats(1, 2, 3, 4)).bytes(), place, value, length));
    }

    @Property(tries = 500)
    void damagedFlac(@ForAll @IntRange(max = 7000) int place, @ForAll @IntRange(max = 255) int value, @ForAll @IntRange(max = 100) int lost) throws IOException {
        byte[] flac = FlacTest.resource("stereo24.flac");
        read(damage(flac, place, value, flac.length - lost));
    }

    /** Bits behind a frame's header, its checksums made right, so that the decoder and not the checksum meets them. */
    @Property(tries = 500)
    void damagedSubframe(@ForAll @Size(max = 60) byte[] content, @ForAll @IntRange(max = 10) int assignment) throws IOException {
        byte[] header = Arrays.copyOf(FlacTest.resource("stereo16.flac"), 42);
        header[4] |= (byte) 0x80;
        byte[] frame = {(byte) 0xff, (byte) 0xf8, 0x60, (byte) (assignment << 4), 0, 31, 0};
        frame[6] = (byte) crc(Arrays.copyOf(frame, 6), 8, 0x07);
        byte[] body = Arrays.copyOf(frame, frame.length + content.length);
        System.arraycopy(content, 0, body, frame.length, content.length);
        int sum = crc(body, 16, 0x8005);
        byte[] whole = Arrays.copyOf(header, header.length + body.length + 2);
        System.arraycopy(body, 0, whole, header.length, body.length);
        whole[whole.length - 2] = (byte) (sum >> 8);
        whole[whole.length - 1] = (byte) sum;
        read(whole);
    }

    static int crc(byte[] bytes, int width, int polynomial) {
        int sum = 0;
        for (byte b : bytes) {
            sum ^= (b & 0xff) << width - 8;
            for (int bit = 0; bit < 8; bit++) {
                sum = (sum & 1 << width - 1) != 0 ? sum << 1 ^ polynomial : sum << 1;
            }
        }
        return sum & (1 << width) - 1;
    }
}
