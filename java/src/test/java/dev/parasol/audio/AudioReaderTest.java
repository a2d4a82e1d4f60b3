package dev.parasol.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AudioReaderTest {
    @TempDir
    Path folder;

    private static void assertRefused(Path file, String... words) {
        assertThatThrownBy(() -> AudioReader.read(file)).isInstanceOf(AudioException.class).hasMessageContaining(file.toString()).hasMessageContainingAll(words);
    }

    @Test
    void namesWhatIsNoRecording() throws IOException {
        assertRefused(folder, "is a folder");
        assertRefused(Path.of("/dev/null"), "is not a regular file", "read as '-'");
        assertRefused(folder.resolve("missing.wav"), "does not exist");
        assertRefused(Files.write(folder.resolve("empty.wav"), new byte[0]), "is empty");
        assertRefused(Files.writeString(folder.resolve("text.wav"), "This is no sound.\n"), "a text file", "WAV", "FLAC");
        assertRefused(Files.write(folder.resolve("noise.wav"), new byte[] {1, 2, 3}), "not a recording of a known format");
        assertRefused(Files.writeString(folder.resolve("riff.wav"), "RIFF1234AVI LIST"), "RIFF, but not WAV");
        assertRefused(Files.writeString(folder.resolve("r.wav"), "RIFF"), "RIFF, but not WAV");
    }

    @Test
    void saysWhyAFileCannotBeRead() throws IOException {
        assertRefused(Path.of(""), "'' is an empty name");
        Path file = Files.write(folder.resolve("a.wav"), WavFile.pcm16(16_000, 1, 2));
        assertRefused(file.resolve("below.wav"), "cannot be read: not a directory");
        assertRefused(folder.resolve("x".repeat(300)), "cannot be read: file name too long");
        assertRefused(folder.resolve("\ufffd.wav"), "does not exist by this name", "LC_ALL");
    }

    @Test
    void anInterruptedThreadStaysInterrupted() throws IOException {
        Path file = Files.write(folder.resolve("a.wav"), WavFile.pcm16(16_000, 1, 2));
        Thread.currentThread().interrupt();
        try {
            assertRefused(file, "cannot be read: the thread was interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"fffb9064,MP3", "49443304000000000000,MP3", "4f676753,Ogg", "00000020667479704d344120,MP4", "464f524d,AIFF", "1a45dfa3,WebM", "fff15080,AAC"})
    void namesFormatsThatAreNotRead(String head, String name) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(head);
        Path file = folder.resolve("clip.wav");
        Files.write(file, Arrays.copyOf(bytes, 64));
        assertRefused(file, name, "cannot be read", "supported: WAV (PCM or float) and FLAC");
    }

    @Test
    void goesByContentAndNotByName() throws IOException {
        Path flac = Files.write(folder.resolve("really-flac.wav"), FlacTest.resource("mono16.flac"));
        assertThat(AudioReader.read(flac).samples()).hasSize(3000);
        Path wav = Files.write(folder.resolve("really-wav.mp3"), WavFile.pcm16(16_000, 1, 2));
        assertThat(AudioReader.read(wav).samples()).hasSize(2);
    }

    @Test
    void longFilesTakeNoMoreThanTheirSamples() throws IOException {
        int seconds = 20 * 60;
        Path file = folder.resolve("long.wav");
        byte[] header = new WavFile().format(1, 1, 8_000, 8).chunk("data", 8_000L * seconds, new byte[0]).bytes();
        try (var out = Files.newOutputStream(file)) {
            out.write(header);
            for (int i = 0; i < seconds; i++) {
                out.write(new byte[8_000]);
            }
        }
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = bean.getCurrentThreadAllocatedBytes();
        AudioClip clip = AudioReader.read(file);
        long allocated = bean.getCurrentThreadAllocatedBytes() - before;
        assertThat(clip.samples()).hasSize(16_000 * seconds);
        assertThat(allocated).isLessThan(4L * 16_000 * seconds + (2 << 20));
    }

    /** 36 hours, of which the file system stores next to nothing. */
    @Test
    void aClipForWhichThereIsNoMemoryIsRefused() throws IOException {
        assumeTrue(Runtime.getRuntime().maxMemory() < 8L << 30);
        long samples = 36L * 3600 * 16_000;
        Path file = folder.resolve("long.wav");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new WavFile().format(1, 1, 16_000, 8).chunk("data", samples, new byte[0]).bytes()));
            channel.write(ByteBuffer.allocate(1), 43 + samples);
        }
        assertRefused(file, "long.wav of 36.0 hours takes 8294 MB as a clip, more than Java's heap of");
    }
}
