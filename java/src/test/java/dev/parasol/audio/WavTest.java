package dev.parasol.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WavTest {
    @TempDir
    Path folder;

    private AudioClip read(byte[] bytes) throws IOException {
        return AudioReader.read(Files.write(folder.resolve("clip.wav"), bytes));
    }

    private void assertRefused(byte[] bytes, String... words) throws IOException {
        Path file = Files.write(folder.resolve("bad.wav"), bytes);
        assertThatThrownBy(() -> AudioReader.read(file)).isInstanceOf(AudioException.class).hasMessageContaining("bad.wav").hasMessageContainingAll(words);
    }

    @Test
    void readsEveryPcmWidthAtFullScale() throws IOException {
        assertThat(read(new WavFile().format(1, 1, 16_000, 8).data(new byte[] {0, (byte) 128, (byte) 255}).bytes()).samples())
                .containsExactly(-1, 0, 127 / 128f);
        assertThat(read(WavFile.pcm16(16_000, -32_768, 0, 1, 32_767)).samples()).containsExactly(-1, 0, 1 / 32_768f, 32_767 / 32_768f);
        byte[] wide = {0, 0, (byte) 0x80, (byte) 0xff, (byte) 0xff, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff};
        assertThat(read(new WavFile().format(1, 1, 16_000, 24).data(wide).bytes()).samples())
                .containsExactly(-1, 8_388_607 / 8_388_608f, -1 / 8_388_608f);
        byte[] widest = WavFile.little(8).putInt(Integer.MIN_VALUE).putInt(1 << 30).array();
        assertThat(read(new WavFile().format(1, 1, 16_000, 32).data(widest).bytes()).samples()).containsExactly(-1, 0.5f);
    }

    @Test
    void readsFloats() throws IOException {
        assertThat(read(new WavFile().format(3, 1, 16_000, 32).data(WavFile.floats(0.25f, -1.5f)).bytes()).samples()).containsExactly(0.25f, -1.5f);
        byte[] doubles = WavFile.little(16).putDouble(0.125).putDouble(-0.1).array();
        assertThat(read(new WavFile().format(3, 1, 16_000, 64).data(doubles).bytes()).samples()).containsExactly(0.125f, -0.1f);
    }

    @Test
    void readsTheExtensibleFormat() throws IOException {
        assertThat(read(new WavFile().extensible(1, 1, 16_000, 16).data(WavFile.shorts(16_384)).bytes()).samples()).containsExactly(0.5f);
        assertThat(read(new WavFile().extensible(3, 1, 16_000, 32).data(WavFile.floats(0.5f)).bytes()).samples()).containsExactly(0.5f);
    }

    @Test
    void takesTheMeanOfAllChannels() throws IOException {
        byte[] stereo = new WavFile().format(1, 2, 16_000, 16).data(WavFile.shorts(16_384, 0, -16_384, -32_768)).bytes();
        assertThat(read(stereo).samples()).containsExactly(0.25f, -0.75f);
        byte[] five = new WavFile().format(1, 5, 16_000, 16).data(WavFile.shorts(100, 200, 300, 400, 500)).bytes();
        assertThat(read(five).samples()).containsExactly(300 / 32_768f);
    }

    @Test
    void takesChunksInAnyOrderAndSkipsOthersWithTheirPadding() throws IOException {
        byte[] file = new WavFile().chunk("LIST", new byte[] {1, 2, 3}).data(WavFile.shorts(8192, -8192)).chunk("id3 ", new byte[5]).format(1, 1, 16_000, 16).bytes();
        AudioClip clip = read(file);
        assertThat(clip.samples()).containsExactly(0.25f, -0.25f);
        assertThat(clip.warnings()).isEmpty();
    }

    @Test
    void readsDataOfUnknownLengthToTheEnd() throws IOException {
        for (long length : new long[] {0, 0xffff_ffffL, 0x7fff_ffffL}) {
            AudioClip clip = read(new WavFile().format(1, 1, 16_000, 16).chunk("data", length, WavFile.shorts(-1, 2, 3, 4, 5)).bytes());
            assertThat(clip.samples()).as("length %d", length).hasSize(5);
            assertThat(clip.warnings()).isEmpty();
        }
    }

    @Test
    void emptyDataBeforeAnotherChunkIsEmpty() throws IOException {
        AudioClip clip = read(new WavFile().format(1, 1, 16_000, 16).data(new byte[0]).chunk("LIST", new byte[8]).bytes());
        assertThat(clip.samples()).isEmpty();
        assertThat(clip.warnings()).singleElement().asString().contains("no samples");
    }

    @Test
    void readsLongFilesOf64BitSize() throws IOException {
        byte[] sizes = WavFile.little(28).putLong(0).putLong(4).putLong(2).array();
        byte[] file = new WavFile().form("RF64").chunk("ds64", sizes).format(1, 1, 16_000, 16).chunk("data", 0xffff_ffffL, WavFile.shorts(1, 2)).chunk("LIST", new byte[6]).bytes();
        assertThat(read(file).samples()).containsExactly(1 / 32_768f, 2 / 32_768f);
    }

    @Test
    void oneSampleIsAClip() throws IOException {
        AudioClip clip = read(WavFile.pcm16(16_000, 5));
        assertThat(clip.samples()).hasSize(1);
        assertThat(clip.seconds()).isEqualTo(1 / 16_000.0);
    }

    @Test
    void dataCutShortAreReadAsFarAsTheyGoWithAWarning() throws IOException {
        byte[] whole = WavFile.pcm16(16_000, new int[16_000]);
        AudioClip clip = read(Arrays.copyOf(whole, whole.length - 16_001));
        assertThat(clip.samples()).hasSize(7999);
        assertThat(clip.warnings()).singleElement().asString().contains("clip.wav", "cut short", "0.50 of 1.00 seconds");
    }

    @Test
    void resamplesToSixteenKilohertz() throws IOException {
        int[] samples = new int[4410];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (int) Math.round(16_384 * Math.sin(2 * Math.PI * 440 * i / 44_100));
        }
        AudioClip clip = read(WavFile.pcm16(44_100, samples));
        assertThat(clip.samples()).hasSize(1600);
        assertThat(clip.seconds()).isEqualTo(0.1, within(1e-9));
        for (int i = 100; i < 1500; i++) {
            assertThat(clip.samples()[i]).isEqualTo((float) (0.5 * Math.sin(2 * Math.PI * 440 * i / 16_000)), within(2e-3f));
        }
    }

    @Test
    void namesTheSampleThatIsNoNumber() throws IOException {
        byte[] mono = new WavFile().format(3, 1, 16_000, 32).data(WavFile.floats(0, 0.5f, Float.NaN)).bytes();
        assertRefused(mono, "sample 2 is NaN");
        byte[] stereo = new WavFile().format(3, 2, 8_000, 32).data(WavFile.floats(0, 0, 0, Float.NEGATIVE_INFINITY)).bytes();
        assertRefused(stereo, "sample 1 of channel 1 is -Infinity");
        byte[] wide = new WavFile().format(3, 1, 16_000, 64).data(WavFile.little(8).putDouble(1e300).array()).bytes();
        assertRefused(wide, "sample 0 is");
    }

    @Test
    void namesTheSampleBehindTheFirstBlocks() throws IOException {
        float[] samples = new float[40_000];
        samples[39_998] = Float.NaN;
        assertRefused(new WavFile().format(3, 1, 16_000, 32).data(WavFile.floats(samples)).bytes(), "sample 39998 is NaN");
    }

    @Test
    void refusesHeadersThatCannotBeRead() throws IOException {
        assertRefused(Arrays.copyOf(WavFile.pcm16(16_000, 1, 2, 3), 18), "without a format");
        assertRefused(Arrays.copyOf(WavFile.pcm16(16_000, 1, 2, 3), 30), "takes 10 bytes");
        assertRefused(new WavFile().data(new byte[4]).bytes(), "without a format");
        assertRefused(new WavFile().format(1, 1, 16_000, 16).bytes(), "without data");
        assertRefused(new WavFile().format(1, 0, 16_000, 16).data(new byte[4]).bytes(), "0 channels");
        assertRefused(new WavFile().chunk("fmt ", new byte[6]).data(new byte[4]).bytes(), "takes 6 bytes");
        assertRefused(new WavFile().format(7, 1, 8_000, 8).data(new byte[4]).bytes(), "mu-law", "PCM");
        assertRefused(new WavFile().format(1, 1, 16_000, 48).data(new byte[6]).bytes(), "48-bit");
        assertRefused(new WavFile().format(3, 1, 16_000, 16).data(new byte[6]).bytes(), "16-bit float");
        assertRefused(new WavFile().format(1, 1, 0, 16).data(new byte[6]).bytes(), "0 Hz");
        assertRefused(new WavFile().format(1, 1, -1, 16).data(new byte[6]).bytes(), "4294967295 Hz");
        byte[] extensible = new WavFile().extensible(1, 1, 16_000, 16).data(new byte[4]).bytes();
        extensible[12 + 8 + 30] ^= 1;
        assertRefused(extensible, "sub-format");
    }

    @Test
    void readsTheSharedRecordings() throws IOException {
        Path file = Shared.path("audio/digits/utt-00.wav");
        AudioClip clip = AudioReader.read(file);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int start = bytes.capacity() - 2 * clip.samples().length;
        assertThat(start).isEqualTo(44);
        for (int i = 0; i < clip.samples().length; i++) {
            assertThat(clip.samples()[i]).isEqualTo(bytes.getShort(start + 2 * i) / 32_768f);
        }
    }
}
