package dev.parasol.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AudioStreamTest {
    @TempDir
    Path folder;

    static AudioStream pipe(byte[] file) {
        return AudioStream.open("pipe", new ByteArrayInputStream(file));
    }

    static float[] rest(AudioStream stream, int block) {
        float[] samples = new float[1 << 10];
        int count = 0;
        for (;;) {
            samples = count + block > samples.length ? Arrays.copyOf(samples, 2 * (count + block)) : samples;
            int read = stream.read(samples, count, block);
            if (read < 0) {
                return Arrays.copyOf(samples, count);
            }
            assertThat(read).isBetween(1, block);
            count += read;
            assertThat(stream.position()).isGreaterThanOrEqualTo(count);
        }
    }

    private static byte[] noise(int rate, int count) {
        Random random = new Random(count);
        return WavFile.pcm16(rate, random.ints(count, -20_000, 20_000).toArray());
    }

    @Test
    void tellsHowFarItIsAndHowFarItGoes() throws IOException {
        Path file = Files.write(folder.resolve("a.wav"), noise(8_000, 1000));
        try (AudioStream stream = AudioStream.open(file)) {
            assertThat(stream.name()).isEqualTo(file.toString());
            assertThat(stream.length()).hasValue(2000);
            assertThat(stream.position()).isZero();
            float[] block = new float[300];
            int first = stream.read(block, 10, 290);
            assertThat(stream.position()).isEqualTo(first);
            assertThat(stream.read(block, 0, 0)).isZero();
            assertThat(first + rest(stream, 7).length).isEqualTo(2000);
            assertThat(stream.position()).isEqualTo(2000);
            assertThat(stream.sourceSeconds()).isEqualTo(0.125);
            assertThat(stream.read(block, 0, 300)).isEqualTo(-1);
            assertThat(stream.read(block, 0, 0)).isZero();
        }
    }

    @Test
    void fillsBuffersButForTheLast() throws IOException {
        Path file = Files.write(folder.resolve("a.wav"), noise(8_000, 1000));
        try (AudioStream whole = AudioStream.open(file); AudioStream stream = AudioStream.open(file)) {
            float[] expected = rest(whole, 100);
            float[] block = new float[750];
            for (int at = 0; at < 1500; at += 750) {
                assertThat(stream.fill(block)).isEqualTo(750);
                assertThat(block).containsExactly(Arrays.copyOfRange(expected, at, at + 750));
            }
            assertThat(stream.fill(block)).isEqualTo(500);
            assertThat(Arrays.copyOf(block, 500)).containsExactly(Arrays.copyOfRange(expected, 1500, 2000));
            assertThat(stream.fill(block)).isZero();
        }
    }

    @Test
    void skippingBackIsRefused() {
        try (AudioStream stream = pipe(noise(16_000, 100))) {
            stream.skipTo(50);
            assertThatThrownBy(() -> stream.skipTo(49)).isInstanceOf(IllegalArgumentException.class);
            stream.skipTo(50);
            assertThat(rest(stream, 64)).hasSize(50);
        }
    }

    @Test
    void skippingBehindTheEndIsTheEnd() throws IOException {
        for (int rate : new int[] {8_000, 16_000, 44_100}) {
            byte[] bytes = noise(rate, 1000);
            int length = (int) Resampler.outputLength(1000, rate, 16_000);
            for (int sample : new int[] {length - 1, length, length + 1, length + 5, length + 10_000}) {
                Path file = Files.write(folder.resolve("a.wav"), bytes);
                for (AudioStream stream : new AudioStream[] {AudioStream.open(file), pipe(bytes)}) {
                    try (stream) {
                        stream.skipTo(sample);
                        assertThat(stream.position()).as("%d of %d Hz", sample, rate).isEqualTo(Math.min(sample, length));
                        assertThat(rest(stream, 64)).hasSize(length - Math.min(sample, length));
                    }
                }
            }
        }
    }

    @Test
    void dataOfUnknownLengthInAPipeGoToTheEnd() {
        for (long length : new long[] {0, 0xffff_ffffL, 0x7fff_ffffL, 0x7fff_f000L, 0xffff_f000L}) {
            byte[] file = new WavFile().format(1, 1, 16_000, 16).chunk("data", length, WavFile.shorts(1, 2, 3, 4, 5)).bytes();
            try (AudioStream stream = pipe(file)) {
                assertThat(stream.length()).as("length %x", length).isEmpty();
                assertThat(rest(stream, 2)).hasSize(5);
                assertThat(stream.warnings()).isEmpty();
            }
        }
    }

    @Test
    void dataOfKnownLengthInAPipeEndBeforeOtherChunks() {
        byte[] file = new WavFile().format(1, 1, 16_000, 16).data(WavFile.shorts(1, 2, 3)).chunk("LIST", new byte[40]).bytes();
        try (AudioStream stream = pipe(file)) {
            assertThat(stream.length()).hasValue(3);
            assertThat(rest(stream, 2)).containsExactly(1 / 32_768f, 2 / 32_768f, 3 / 32_768f);
        }
    }

    @Test
    void aPipeThatBreaksOffIsCutShort() {
        byte[] file = Arrays.copyOf(noise(16_000, 16_000), 44 + 15_999);
        try (AudioStream stream = pipe(file)) {
            stream.skipTo(100);
            assertThat(rest(stream, 1000)).hasSize(7899);
            assertThat(stream.warnings()).containsExactly("pipe is cut short: 0.50 of 1.00 seconds are there");
        }
        try (AudioStream stream = pipe(file)) {
            stream.skipTo(20_000);
            assertThat(stream.position()).isEqualTo(7999);
            assertThat(stream.warnings()).hasSize(1);
        }
    }

    @Test
    void longLengthsInAPipeAreNotBelieved() {
        byte[] sizes = WavFile.little(28).putLong(0).putLong(Long.MAX_VALUE).putLong(2).array();
        byte[] file = new WavFile().form("RF64").chunk("ds64", sizes).format(1, 1, 8_000, 8).chunk("data", 0xffff_ffffL, new byte[100]).bytes();
        try (AudioStream stream = pipe(file)) {
            assertThat(stream.length()).isEmpty();
            stream.skipTo(150);
            assertThat(rest(stream, 64)).hasSize(50);
            assertThat(stream.warnings()).singleElement().asString().contains("cut short");
        }
    }

    @Test
    void aPipeWantsTheFormatFirst() {
        byte[] file = new WavFile().data(new byte[4]).format(1, 1, 16_000, 16).bytes();
        assertThatThrownBy(() -> pipe(file)).isInstanceOf(AudioException.class).hasMessage("pipe is WAV whose data come before their format, which can be read from a file only");
    }

    @Test
    void chunksOfNothingComeToAnEnd() {
        WavFile file = new WavFile();
        for (int i = 0; i < 10_001; i++) {
            file.chunk("LIST", new byte[0]);
        }
        assertThatThrownBy(() -> pipe(file.bytes())).isInstanceOf(AudioException.class).hasMessage("pipe has a WAV header of more than 10000 chunks");
    }

    @Test
    void flacComesThroughAPipeToo() throws IOException {
        byte[] flac = FlacTest.resource("stereo24.flac");
        float[] whole = AudioReader.read(Files.write(folder.resolve("a.flac"), flac)).samples();
        byte[] tagged = new byte[310 + flac.length];
        System.arraycopy(new byte[] {'I', 'D', '3', 4, 0, 0, 0, 0, 2, 44}, 0, tagged, 0, 10);
        System.arraycopy(flac, 0, tagged, 310, flac.length);
        for (byte[] file : new byte[][] {flac, tagged}) {
            try (AudioStream stream = pipe(file)) {
                assertThat(stream.length()).hasValue(whole.length);
                assertThat(rest(stream, 1000)).isEqualTo(whole);
                assertThat(stream.warnings()).isEmpty();
            }
        }
    }

    @Test
    void aLivePipeGivesWhatHasCome() throws IOException {
        byte[] file = new WavFile().format(1, 1, 16_000, 16).chunk("data", 0, WavFile.shorts(1, 2, 3, 4)).bytes();
        int[] given = {0};
        InputStream live = new InputStream() {
            @Override
            public int read() {
                return given[0] < file.length ? file[given[0]++] & 0xff : -1;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                int count = Math.min(length, given[0] < 44 ? 44 - given[0] : Math.min(3, file.length - given[0]));
                System.arraycopy(file, given[0], buffer, offset, count);
                given[0] += count;
                return count == 0 && length > 0 ? -1 : count;
            }
        };
        try (AudioStream stream = AudioStream.open("live", live)) {
            float[] block = new float[100];
            assertThat(given[0]).isEqualTo(44);
            assertThat(stream.read(block, 0, 100)).isEqualTo(1);
            assertThat(given[0]).isEqualTo(47);
            assertThat(rest(stream, 100)).hasSize(3);
        }
    }

    @Test
    void standardInputStaysOpen() {
        InputStream before = System.in;
        boolean[] closed = {false};
        try {
            for (int i = 0; i < 2; i++) {
                System.setIn(new ByteArrayInputStream(noise(16_000, 10)) {
                    @Override
                    public void close() {
                        closed[0] = true;
                    }
                });
                assertThat(AudioReader.read(Path.of("-")).samples()).hasSize(10);
            }
            System.setIn(InputStream.nullInputStream());
            assertThatThrownBy(() -> AudioReader.read(Path.of("-"))).isInstanceOf(AudioException.class).hasMessage("standard input is empty, expected a recording");
        } finally {
            System.setIn(before);
        }
        assertThat(closed[0]).isFalse();
    }

    @Test
    void whatCannotBeReadFurtherSaysSo() throws IOException {
        byte[] file = new WavFile().format(3, 1, 16_000, 32).data(WavFile.floats(0.5f, Float.NaN)).bytes();
        try (AudioStream stream = pipe(file)) {
            assertThatThrownBy(() -> rest(stream, 8)).isInstanceOf(AudioException.class).hasMessageContaining("pipe: sample 1 is NaN");
        }
        InputStream failing = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Disk on fire");
            }
        };
        assertThatThrownBy(() -> AudioStream.open("wire", failing)).isInstanceOf(AudioException.class).hasMessage("wire cannot be read: disk on fire");
    }

    /** Ten hours through a pipe: what is allocated does not grow with what is read. */
    @Test
    void memoryDoesNotGrowWithTheLength() {
        long bytes = 8_000L * 36_000;
        byte[] header = new WavFile().format(1, 1, 8_000, 8).chunk("data", bytes, new byte[0]).bytes();
        InputStream in = new InputStream() {
            private long at;

            @Override
            public int read() {
                return at < header.length ? header[(int) at++] & 0xff : -1;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                if (at < header.length) {
                    buffer[offset] = header[(int) at++];
                    return 1;
                }
                int count = (int) Math.min(length, header.length + bytes - at);
                at += count;
                return count == 0 ? -1 : count;
            }
        };
        ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        float[] block = new float[16_000];
        long before = bean.getCurrentThreadAllocatedBytes();
        try (AudioStream stream = AudioStream.open("pipe", in)) {
            stream.skipTo(16_000L * 35_000);
            long count = 0;
            for (int read = stream.read(block, 0, block.length); read >= 0; read = stream.read(block, 0, block.length)) {
                count += read;
            }
            assertThat(count).isEqualTo(16_000L * 1000);
        }
        assertThat(bean.getCurrentThreadAllocatedBytes() - before).isLessThan(8 << 20);
    }

    /** 24 hours of FLAC: all of them are read, in no more memory than a minute. */
    @Tag("soak")
    @Test
    void aDayOfFlac() throws IOException {
        int frames = 24 * 3600 * 16_000 / 65_535;
        Path file = Files.write(folder.resolve("day.flac"), FlacTest.silence(frames, 16_000));
        ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        float[] block = new float[16_000];
        long before = bean.getCurrentThreadAllocatedBytes();
        try (AudioStream stream = AudioStream.open(file)) {
            stream.skipTo(12L * 3600 * 16_000);
            long count = stream.position();
            for (int read = stream.read(block, 0, block.length); read >= 0; read = stream.read(block, 0, block.length)) {
                count += read;
            }
            assertThat(count).isEqualTo(65_535L * frames);
            assertThat(stream.warnings()).isEmpty();
        }
        assertThat(bean.getCurrentThreadAllocatedBytes() - before).isLessThan(8 << 20);
    }

    /** A day of 48 kHz stereo, 33 GB of which the file system stores next to nothing; its last second is noise. */
    @Tag("soak")
    @Test
    void skippingInALongFileTakesNoReading() throws IOException {
        long frames = 24L * 3600 * 48_000;
        byte[] sizes = WavFile.little(28).putLong(0).putLong(frames * 8).putLong(frames).array();
        byte[] header = new WavFile().form("RF64").chunk("ds64", sizes).format(3, 2, 48_000, 32).chunk("data", 0xffff_ffffL, new byte[0]).bytes();
        float[] noise = new float[2 * 48_000];
        Random random = new Random(5);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = random.nextFloat() - 0.5f;
        }
        Path file = folder.resolve("day.wav");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(header));
            channel.write(ByteBuffer.wrap(WavFile.floats(noise)), header.length + (frames - 48_000) * 8);
        }
        float[] last = rest(pipe(new WavFile().format(3, 2, 48_000, 32).data(WavFile.floats(noise)).bytes()), 1000);
        try (AudioStream stream = AudioStream.open(file)) {
            assertThat(stream.length()).hasValue(24L * 3600 * 16_000);
            stream.skipTo(stream.length().getAsLong() - 15_000);
            // from where the filter no longer sees what is before the noise
            assertThat(rest(stream, 1000)).isEqualTo(Arrays.copyOfRange(last, 1000, 16_000));
        }
    }
}
