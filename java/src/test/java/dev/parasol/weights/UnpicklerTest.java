package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnpicklerTest {
    private static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Object read(String pickle) {
        return Unpickler.read("model.pt", bytes(pickle));
    }

    @Test
    void readsPlainValues() {
        assertThat(read("N.")).isNull();
        assertThat(read("\u0080\u0002J\u00fe\u00ff\u00ff\u00ff.")).isEqualTo(-2L);
        assertThat(read("M\u0001\u0001.")).isEqualTo(257L);
        assertThat(read("\u008a\u0000.")).isEqualTo(0L);
        assertThat(read("\u008a\u0001\u00ff.")).isEqualTo(-1L);
        assertThat(read("\u008a\u0002\u0000\u0080.")).isEqualTo(-32768L);
        assertThat(read("G?\u00f8\0\0\0\0\0\0.")).isEqualTo(1.5);
        assertThat(read("X\u0002\0\0\0\u00c3\u00a4.")).isEqualTo("\u00e4");
        assertThat(read("\u008c\u0001a.")).isEqualTo("a");
        assertThat(read("](K\u0001K\u0002e.")).isEqualTo(List.of(1L, 2L));
        assertThat(read("}(K\u0001\u0088K\u0002\u0089u.")).isEqualTo(Map.of(1L, true, 2L, false));
        assertThat(read("\u0080\u0004\u0095\u0003\0\0\0\0\0\0\0]\u0094h\u0000.")).isEqualTo(List.of());
        assertThat(read("K\u0001K\u0002\u0086.")).isInstanceOfSatisfying(Pickle.Tuple.class, t -> assertThat(t.items()).containsExactly(1L, 2L));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "\u0080\u0002cos\nsystem\nX\u0004\0\0\0true\u0085R.",
        "cposix\nsystem\n(X\u0004\0\0\0truetR.",
        "\u0080\u0004\u008c\u0008builtins\u008c\u0004eval\u0093\u008c\u00011\u0085R.",
        "(X\u0004\0\0\0trueios\nsystem\n.",
        "(cos\nsystem\nX\u0004\0\0\0trueo.",
        "\u0080\u0002ctorch._utils\n_rebuild_tensor\n)R.",
        "ccollections\nCounter\n)R.",
        "ctorch\nload\n.",
        "ccollections\nOrderedDict\n)\u0081.",
        "ctorch\nFloatStorage\n)R.",
        "\u0082\u0001.",
        "K\u0001}b.",
    })
    void executesNothing(String pickle) {
        assertThatThrownBy(() -> read(pickle)).isInstanceOf(ModelException.class)
                .hasMessageStartingWith("model.pt asks to call ").hasMessageContaining("nothing was executed");
    }

    @Test
    void namesWhatWasToBeCalled() {
        assertThatThrownBy(() -> read("cos\nsystem\n.")).hasMessageContaining("asks to call os.system,");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "}", "0.", "1.", "t.", "a.", "u.", "K\u0001a.", "(K\u0001u.", "h\u0005.", "j\u0005\0\0\0.", "K\u0001K\u0002R.", "N}s.", "(0.", "\u0085.", "2.", "q\0.",
        "\u0080\u0001.", "\u0080\u0006.", "\u008a\u0009\0\0\0\0\0\0\0\0\1.", "\u008b\1\0\0\0\1.", "I1\n.", "X\u00ff\u00ff\u00ff\u007fa", "T\u00ff\u00ff\u00ff\u00ffa",
        "B\0\0\0\u0080a", "\u0096\0\0\0\0\0\0\0\u0010.", "cos", "Q.", "NQ.", "K\1K\1\u0093.", "}}K\1s.", "}]K\1s.", "(\u0088}s.", "P1\n.", "\u00ff.",
        "ccollections\nOrderedDict\n]\u0085R.", "ctorch._utils\n_rebuild_tensor_v2\n)R.", "ctorch._utils\n_rebuild_parameter\n)R.",
    })
    void brokenPicklesAreNamed(String pickle) {
        assertThatThrownBy(() -> read(pickle)).isInstanceOf(ModelException.class).hasMessageStartingWith("model.pt ");
    }

    @Test
    void collectionsWithinThemselvesDoNoHarm() {
        assertThat(read("]q\0h\0a.")).isInstanceOf(List.class);
        assertThat(read("}q\0K\1h\0s.")).isInstanceOf(Map.class);
        assertThatThrownBy(() -> read("}]q\0h\0aK\1s.")).isInstanceOf(ModelException.class).hasMessageContaining("neither text nor a number");
    }

    @Test
    void aDeepPickleTakesMemoryInProportion() {
        ByteArrayOutputStream deep = new ByteArrayOutputStream();
        for (int i = 0; i < 1_000_000; i++) {
            deep.write('(');
            deep.write(']');
        }
        for (int i = 0; i < 999_999; i++) {
            deep.write('t');
        }
        deep.write('.');
        assertThat(Unpickler.read("model.pt", deep.toByteArray())).isInstanceOf(Pickle.Tuple.class);
    }

    @Test
    void oneTupleIsNotTheSizeOfManyTensors() {
        StringBuilder size = new StringBuilder("(").append("K\1".repeat(9)).append("tq\1");
        String storage = "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0" + "0X\3\0\0\0cpuK\4tQ";
        assertThatThrownBy(() -> read(size + "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + "K\0h\1h\1tR."))
                .isInstanceOf(ModelException.class).hasMessageContaining("a tensor of 9 dimensions");
    }

    @Test
    void keysOfStoragesAreShort() {
        String key = "X\101\0\0\0" + "0".repeat(65);
        assertThatThrownBy(() -> read("(X\7\0\0\0storagectorch\nFloatStorage\n" + key + "X\3\0\0\0cpuK\4tQ."))
                .isInstanceOf(ModelException.class).hasMessageContaining("refers to a storage that is not");
    }
}
