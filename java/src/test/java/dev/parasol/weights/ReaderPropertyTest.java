package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever a file contains, reading it gives a result or a {@link ModelException}, never another failure. */
class ReaderPropertyTest {
    private static final byte[] PICKLE_OPCODES = "\u0080(012N\u0088\u0089JKM\u008aGX\u008cUCTB)\u0085\u0086\u0087t]lae}dsuqr\u0094hjc\u0093QRb.".getBytes(StandardCharsets.ISO_8859_1);
    private static Path file;

    @BeforeContainer
    static void createFile() throws IOException {
        file = Files.createTempFile("model", ".bin");
    }

    @AfterContainer
    static void deleteFile() throws IOException {
        Files.delete(file);
    }

    private static void readCheckpoint(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        complain(() -> {
            try (Checkpoint checkpoint = Checkpoints.open(file)) {
                for (String name : checkpoint.names()) {
                    TensorInfo info = checkpoint.info(name);
                    // views may overlap, but none is larger than its file
                    assertThat(info.count()).isLessThanOrEqualTo(bytes.length);
                    checkpoint.read(name, ByteBuffer.allocate((int) info.bytes()));
                }
            }
        });
    }

    private static void complain(Runnable reading) {
        try {
            reading.run();
        } catch (ModelException e) {
            assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(1000);
        }
    }

    private static byte[] damage(byte[] original, int place, int value, int lost) {
        byte[] bytes = Arrays.copyOf(original, Math.max(0, original.length - lost));
        if (bytes.length > 0) {
            bytes[place % bytes.length] = (byte) value;
        }
        return bytes;
    }

    @Property(tries = 200)
    void anyFileAsCheckpoint(@ForAll byte[] bytes) throws IOException {
        readCheckpoint(bytes);
    }

    @Property(tries = 1000)
    void anyPickle(@ForAll byte[] bytes) {
        complain(() -> Unpickler.read("model.pt", bytes));
    }

    /** Mostly opcodes that are known, with small operands. */
    @Property(tries = 3000)
    void anyOpcodes(@ForAll @Size(max = 60) byte[] choice) {
        byte[] pickle = new byte[choice.length];
        for (int i = 0; i < choice.length; i++) {
            pickle[i] = choice[i] < 8 && choice[i] >= 0 ? choice[i] : PICKLE_OPCODES[(choice[i] & 0xff) % PICKLE_OPCODES.length];
        }
        complain(() -> Unpickler.read("model.pt", pickle));
    }

    @Property(tries = 500)
    void damagedPickleInAGoodFile(@ForAll @IntRange(max = 5000) int place, @ForAll @IntRange(max = 255) int value, @ForAll @IntRange(max = 60) int lost) throws IOException {
        TorchFile torch = TorchFile.stateDict().floats("a", new long[] {2, 3}, 1, 2, 3, 4, 5, 6)
                .tensor("b", "HalfStorage", "0", 12, 1, new long[] {3, 2}, 1, 3).endDict();
        byte[] pickle = damage(torch.pickle(), place, value, lost);
        readCheckpoint(new TorchFile().bytes(pickle).storage("0", new byte[24]).bytes());
    }

    @Property(tries = 300)
    void damagedZip(@ForAll @IntRange(max = 2000) int place, @ForAll @IntRange(max = 255) int value, @ForAll @IntRange(max = 3) int lost) throws IOException {
        readCheckpoint(damage(TorchFile.stateDict().floats("a", new long[] {2}, 1, 2).endDict().bytes(), place, value, lost));
    }

    @Property(tries = 500)
    void damagedSafetensors(@ForAll @IntRange(max = 400) int place, @ForAll @IntRange(max = 255) int value, @ForAll @IntRange(max = 3) int lost) throws IOException {
        new SafetensorsWriter().add("a", new long[] {2, 3}, new float[6]).add("b", new long[] {3}, new long[3]).metadata("k", "v").write(file);
        readCheckpoint(damage(Files.readAllBytes(file), place, value, lost));
    }

    @Property(tries = 500)
    void anyText(@ForAll String text) {
        readTexts(text);
    }

    @Property(tries = 1000)
    void anyTextOfYamlsCharacters(@ForAll @StringLength(max = 60) @AlphaChars @Chars({'{', '}', '[', ']', ':', ',', '-', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', '<', '#', '?', '~', '.', '\n', ' '}) @CharRange(from = '0', to = '9') String text) {
        readTexts(text);
        readTexts("model: " + text);
    }

    private static void readTexts(String text) {
        complain(() -> ConfigReader.read("config.yaml", ConfigReader.parse("config.yaml", text)));
        complain(() -> CmvnReader.parse("am.mvn", text, 3));
        complain(() -> VocabularyReader.parse("tokens.json", text));
        complain(() -> VocabularyReader.parse("tokens.txt", text));
    }

    @Property(tries = 500)
    void damagedConfiguration(@ForAll @IntRange(max = 900) int place, @ForAll char replacement) {
        StringBuilder text = new StringBuilder(ModelFolderTest.CONFIG);
        text.setCharAt(place % text.length(), replacement);
        complain(() -> ConfigReader.read("config.yaml", ConfigReader.parse("config.yaml", text.toString())));
    }

    @Property(tries = 500)
    void damagedNormalisation(@ForAll @IntRange(max = 200) int place, @ForAll char replacement, @ForAll @IntRange(max = 50) int lost) {
        StringBuilder text = new StringBuilder(ModelFolderTest.mvn(3, "1.5"));
        text.setLength(text.length() - lost);
        text.setCharAt(place % text.length(), replacement);
        complain(() -> CmvnReader.parse("am.mvn", text.toString(), 3));
    }
}
