package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.cuda.DataType;
import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchCheckpointTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("model.pt");
    }

    private Checkpoint open(TorchFile file) throws IOException {
        return Checkpoints.open(file.write(file()));
    }

    private void assertRefused(TorchFile torch, String... words) throws IOException {
        Path file = torch.write(file());
        assertThatThrownBy(() -> Checkpoints.open(file).close()).isInstanceOf(ModelException.class).hasMessageContaining("model.pt").hasMessageContainingAll(words);
    }

    @Test
    void readsTensors() throws IOException {
        TorchFile torch = TorchFile.stateDict().floats("a", new long[] {2, 3}, 1, 2, 3, 4, 5, 6).floats("b", new long[0], 7).endDict();
        try (Checkpoint checkpoint = open(torch)) {
            assertThat(checkpoint.names()).containsExactly("a", "b");
            assertThat(checkpoint.info("a")).isEqualTo(new TensorInfo("a", DataType.F32, new long[] {2, 3}));
            assertThat(HostTensors.floats(checkpoint, "a")).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(HostTensors.floats(checkpoint, "b")).containsExactly(7);
            ByteBuffer part = TorchFile.little(8);
            checkpoint.read("a", 3, part);
            assertThat(part.flip().getFloat()).isEqualTo(4);
            assertThatThrownBy(() -> checkpoint.info("c")).isInstanceOf(ModelException.class).hasMessageContaining("has no tensor c");
            assertThatThrownBy(() -> checkpoint.read("a", 5, TorchFile.little(8))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void readsEveryElementType() throws IOException {
        long[] one = {1};
        TorchFile torch = TorchFile.stateDict()
                .tensor("half", "HalfStorage", "0", 1, 0, one, 1).storage("0", new byte[] {0, 0x3e})
                .tensor("bfloat16", "BFloat16Storage", "1", 1, 0, one, 1).storage("1", new byte[] {(byte) 0xc0, (byte) 0xbf})
                .tensor("double", "DoubleStorage", "2", 1, 0, one, 1).storage("2", TorchFile.little(8).putDouble(-2.5).array())
                .tensor("long", "LongStorage", "3", 1, 0, one, 1).storage("3", TorchFile.little(8).putLong(-3).array())
                .tensor("int", "IntStorage", "4", 1, 0, one, 1).storage("4", TorchFile.little(4).putInt(-4).array())
                .tensor("short", "ShortStorage", "5", 1, 0, one, 1).storage("5", new byte[] {-5, -1})
                .tensor("byte", "ByteStorage", "6", 1, 0, one, 1).storage("6", new byte[] {-1})
                .endDict();
        try (Checkpoint checkpoint = open(torch)) {
            assertThat(HostTensors.floats(checkpoint, "half")).containsExactly(1.5f);
            assertThat(HostTensors.floats(checkpoint, "bfloat16")).containsExactly(-1.5f);
            assertThat(HostTensors.floats(checkpoint, "double")).containsExactly(-2.5f);
            assertThat(HostTensors.longs(checkpoint, "long")).containsExactly(-3);
            assertThat(HostTensors.longs(checkpoint, "int")).containsExactly(-4);
            assertThat(HostTensors.longs(checkpoint, "short")).containsExactly(-5);
            assertThat(HostTensors.longs(checkpoint, "byte")).containsExactly(255);
            assertThatThrownBy(() -> HostTensors.floats(checkpoint, "int")).isInstanceOf(ModelException.class);
        }
    }

    @Test
    void readsViews() throws IOException {
        byte[] storage = TorchFile.floatBytes(0, 1, 2, 3, 4, 5, 6, 7);
        TorchFile torch = TorchFile.stateDict()
                .tensor("transposed", "FloatStorage", "0", 8, 1, new long[] {3, 2}, 1, 3)
                .tensor("tail", "FloatStorage", "0", 8, 6, new long[] {2}, 1)
                .tensor("every second", "FloatStorage", "0", 8, 0, new long[] {4}, 2)
                .tensor("empty", "FloatStorage", "0", 8, 0, new long[] {0, 5}, 5, 1)
                .storage("0", storage).endDict();
        try (Checkpoint checkpoint = open(torch)) {
            assertThat(HostTensors.floats(checkpoint, "transposed")).containsExactly(1, 4, 2, 5, 3, 6);
            ByteBuffer part = TorchFile.little(12);
            checkpoint.read("transposed", 2, part);
            assertThat(new float[] {part.flip().getFloat(), part.getFloat(), part.getFloat()}).containsExactly(2, 5, 3);
            assertThat(HostTensors.floats(checkpoint, "tail")).containsExactly(6, 7);
            assertThat(HostTensors.floats(checkpoint, "every second")).containsExactly(0, 2, 4, 6);
            assertThat(HostTensors.floats(checkpoint, "empty")).isEmpty();
        }
    }

    @Test
    void findsTheStateDictUnderTheUsualKeysAndPrefix() throws IOException {
        for (String key : new String[] {"state_dict", "model_state_dict", "model"}) {
            TorchFile torch = TorchFile.stateDict().text("epoch").op('K', 3).text(key).op('}', '(')
                    .floats("module.encoder.x", new long[] {1}, 1).endDict().endDict();
            try (Checkpoint checkpoint = open(torch)) {
                assertThat(checkpoint.names()).as(key).containsExactly("encoder.x");
            }
        }
        assertRefused(TorchFile.stateDict().floats("x", new long[] {1}, 1).floats("module.x", new long[] {1}, 1).endDict(), "x with and without");
        assertRefused(TorchFile.stateDict().text("epoch").op('K', 3).endDict(), "no tensors");
        assertRefused(new TorchFile().op(0x80, 2, 'K', 3), "no mapping");
    }

    @Test
    void takesParametersAndTheMetadataOfAnOrderedDict() throws IOException {
        TorchFile torch = new TorchFile().op(0x80, 2).global("collections", "OrderedDict").op(')', 'R', '(').text("p")
                .global("torch._utils", "_rebuild_parameter").op('(').tensorValue("FloatStorage", "0", 1, 0, new long[] {1}, 1).op(0x88)
                .global("collections", "OrderedDict").op(')', 'R', 't', 'R', 'u')
                .op('}').text("_metadata").global("collections", "OrderedDict").op(')', 'R', 's', 'b').storage("0", TorchFile.floatBytes(4));
        try (Checkpoint checkpoint = open(torch)) {
            assertThat(HostTensors.floats(checkpoint, "p")).containsExactly(4);
        }
    }

    @Test
    void refusesTensorsThatDoNotFitTheirStorage() throws IOException {
        byte[] four = new byte[16];
        long[] two = {2, 2};
        assertRefused(TorchFile.stateDict().tensor("x", "FloatStorage", "0", 4, 1, two, 2, 1).storage("0", four).endDict(), "x", "2x2", "from element 1", "4 elements");
        assertRefused(TorchFile.stateDict().tensor("x", "FloatStorage", "0", 4, -1, two, 2, 1).storage("0", four).endDict(), "does not fit");
        assertRefused(TorchFile.stateDict().tensor("x", "FloatStorage", "0", 4, 0, two, 3, 1).storage("0", four).endDict(), "does not fit");
        assertRefused(TorchFile.stateDict().tensor("x", "FloatStorage", "0", 4, 0, new long[] {5}, 0).storage("0", four).endDict(), "does not fit");
        assertRefused(TorchFile.stateDict().tensor("x", "FloatStorage", "0", 4, 0, two, -2, 1).storage("0", four).endDict(), "negative");
        assertRefused(TorchFile.stateDict().tensor("x", "FloatStorage", "0", 4, 0, new long[] {-1}, 1).storage("0", four).endDict(), "negative");
        assertRefused(TorchFile.stateDict().tensor("x", "FloatStorage", "0", 4, 0, new long[] {1L << 40, 1L << 40}, 0, 0).storage("0", four).endDict(), "impossible sizes");
        assertRefused(TorchFile.stateDict().tensor("x", "FloatStorage", "0", 4, 0, two, Long.MAX_VALUE, 1).storage("0", four).endDict(), "impossible");
        assertRefused(TorchFile.stateDict().tensor("x", "FloatStorage", "0", 4, Long.MAX_VALUE, two, Long.MAX_VALUE, 1).storage("0", four).endDict(), "impossible");
        assertRefused(TorchFile.stateDict().tensor("x", "FloatStorage", "0", 4, 0, two, 1).storage("0", four).endDict(), "2 sizes and 1 strides");
        assertRefused(TorchFile.stateDict().tensor("x", "FloatStorage", "0", 5, 0, two, 2, 1).storage("0", four).endDict(), "data/0 has 16 bytes, expected 20");
        assertRefused(TorchFile.stateDict().tensor("x", "FloatStorage", "0", 1L << 62, 0, two, 2, 1).storage("0", four).endDict(), "data/0 has 16 bytes");
        assertRefused(TorchFile.stateDict().tensor("x", "FloatStorage", "../0", 4, 0, two, 2, 1).storage("0", four).endDict(), "lacks the entry");
        assertRefused(TorchFile.stateDict().tensor("x", "FloatStorage", "1", 4, 0, two, 2, 1).storage("0", four).endDict(), "lacks the entry archive/data/1");
    }

    @Test
    void refusesFilesOfOtherKinds() throws IOException {
        assertRefused(TorchFile.stateDict().floats("x", new long[] {1}, 1).endDict().compressed(), "compressed");
        assertRefused(TorchFile.stateDict().floats("x", new long[] {1}, 1).endDict().entry("byteorder", "little".getBytes(StandardCharsets.US_ASCII)).compressed(),
                "byteorder is compressed, expected stored entries");
        assertRefused(TorchFile.stateDict().floats("x", new long[] {1}, 1).endDict().entry("constants.pkl", new byte[1]), "TorchScript");
        assertRefused(TorchFile.stateDict().floats("x", new long[] {1}, 1).endDict().entry("byteorder", new byte[] {'b', 'i', 'g'}), "little-endian");
        assertRefused(TorchFile.stateDict().floats("x", new long[] {1}, 1).endDict().root("a/b"), "without data.pkl");
        assertRefused(TorchFile.stateDict().entry("data.pkl.gz", new byte[(4 << 20)]).op('0').raw(" ".repeat(4 << 20)), "data.pkl has", "at most");
        Files.write(file(), new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c});
        assertThatThrownBy(() -> Checkpoints.open(file())).isInstanceOf(ModelException.class).hasMessageContaining("old format");
        Files.write(file(), new byte[0]);
        assertThatThrownBy(() -> Checkpoints.open(file())).isInstanceOf(ModelException.class).hasMessageContaining("is empty");
        Files.writeString(file(), "version https://git-lfs.github.com/spec/v1");
        assertThatThrownBy(() -> Checkpoints.open(file())).isInstanceOf(ModelException.class).hasMessageContaining("neither");
    }

    @Test
    void truncatedFilesAreNamed() throws IOException {
        byte[] whole = TorchFile.stateDict().floats("x", new long[] {300}, new float[300]).endDict().bytes();
        for (int length = 0; length < whole.length; length += 13) {
            Files.write(file(), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Checkpoints.open(file())).as("%d bytes", length).isInstanceOf(ModelException.class).hasMessageContaining("model.pt");
        }
    }

    @Test
    void readsTheSharedModels() {
        for (String model : new String[] {"digits-tiny", "digits-deep", "digits-seaco", "sanm512", "fsmn-vad", "ct-punc-random"}) {
            try (Checkpoint checkpoint = Checkpoints.open(Shared.path("models/" + model + "/model.pt"))) {
                for (String name : checkpoint.names()) {
                    for (float value : HostTensors.floats(checkpoint, name)) {
                        assertThat(Float.isFinite(value)).as(name).isTrue();
                    }
                }
            }
        }
    }

    /** A damaged or hostile directory: the reader would make room for what the entry says it has. */
    @Test
    void entriesAreNoLargerThanTheirFile() throws IOException {
        int said = 1 << 30;
        byte[] file = TorchFile.stateDict().tensor("x", "ByteStorage", "0", said, 0, new long[] {2, 2}, 1, said - 2).storage("0", new byte[4]).endDict().bytes();
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int directory = bytes.getInt(file.length - 6);
        int second = directory + 46 + bytes.getShort(directory + 28) + bytes.getShort(directory + 30);
        bytes.putInt(second + 24, said);
        for (int taken : new int[] {4, said}) {
            bytes.putInt(second + 20, taken);
            Files.write(file(), file);
            assertThatThrownBy(() -> Checkpoints.open(file())).isInstanceOf(ModelException.class).hasMessageContaining("model.pt")
                    .hasMessageContaining("data/0 is damaged: it says that it has " + said + " bytes");
        }
    }

    /** Every entry by itself fits the file; all of them are the same bytes of it. */
    @Test
    void entriesDoNotOverlap() throws IOException {
        TorchFile torch = TorchFile.stateDict();
        for (int i = 0; i < 3; i++) {
            torch.floats("x" + i, new long[] {1000}, new float[1000]);
        }
        byte[] file = torch.endDict().bytes();
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int entry = bytes.getInt(file.length - 6);
        entry = next(bytes, entry);
        int first = bytes.getInt(entry + 42);
        int end = bytes.getInt(file.length - 6);
        for (int i = 0; i < 3; i++) {
            bytes.putInt(entry + 42, first);
            entry = next(bytes, entry);
        }
        // The other two entries' bytes are cut out.
        int cut = 2 * 4000;
        byte[] small = new byte[file.length - cut];
        System.arraycopy(file, 0, small, 0, end - cut);
        System.arraycopy(file, end, small, end - cut, file.length - end);
        ByteBuffer.wrap(small).order(ByteOrder.LITTLE_ENDIAN).putInt(small.length - 6, end - cut);
        Files.write(file(), small);
        assertThatThrownBy(() -> Checkpoints.open(file())).isInstanceOf(ModelException.class).hasMessageContaining("model.pt is damaged: its entries overlap");
    }

    private static int next(ByteBuffer zip, int entry) {
        return entry + 46 + zip.getShort(entry + 28) + zip.getShort(entry + 30);
    }

    @Test
    void tensorsShareAStorageOnlySoOften() throws IOException {
        for (int sharing : new int[] {10, 100}) {
            TorchFile torch = TorchFile.stateDict().storage("0", new byte[100_000]);
            for (int i = 0; i < sharing; i++) {
                torch.tensor("x" + i, "ByteStorage", "0", 100_000, 0, new long[] {100_000}, 1);
            }
            torch.endDict().write(file());
            if (sharing == 10) {
                Checkpoints.open(file()).close();
            } else {
                assertThatThrownBy(() -> Checkpoints.open(file())).isInstanceOf(ModelException.class)
                        .hasMessageContainingAll("model.pt has", "but tensors of 10000000: they share their storage more than 16 times over");
            }
        }
    }

    @Test
    void refusesAFolderOfALongName() throws IOException {
        assertRefused(TorchFile.stateDict().floats("x", new long[] {1}, 1).endDict().root("r".repeat(300)), "a folder whose name takes 301 characters");
    }
}
