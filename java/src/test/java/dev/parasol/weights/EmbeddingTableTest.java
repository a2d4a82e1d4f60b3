package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parasol.cuda.DataType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EmbeddingTableTest {
    private static final String NAME = "embed.weight";
    private static final int ROWS = 30;
    private static final int WIDTH = 6;

    private static HostCheckpoint checkpoint(DataType type) {
        return HostCheckpoint.random(List.of(new WeightSpec(NAME, new long[] {ROWS, WIDTH}, Packing.ROWS, DataType.F32)), type);
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"F32", "F16"})
    void rowsAreThoseOfTheTensorAndAreReadOnce(DataType type) {
        HostCheckpoint checkpoint = checkpoint(type);
        try (EmbeddingTable table = new EmbeddingTable(checkpoint, NAME, ROWS, WIDTH)) {
            int[] ids = {29, 0, 7, 29, 7, 7};
            float[] rows = table.gather(ids);
            assertThat(rows).hasSize(ids.length * WIDTH);
            for (int i = 0; i < rows.length; i++) {
                assertThat(rows[i]).isEqualTo(checkpoint.values(NAME)[ids[i / WIDTH] * WIDTH + i % WIDTH]);
            }
            table.gather(ids);
            assertThat(table.rowsRead()).isEqualTo(3);
            assertThat(table.bytes()).isEqualTo((long) ROWS * WIDTH * type.bytes());
        }
    }

    @Test
    void noMoreThanEightMegabytesAreKept() {
        int width = 1 << 20;    // two rows fill what is kept
        HostCheckpoint checkpoint = new HostCheckpoint().put(NAME, DataType.F32, new long[] {3, width}, new float[3 * width]);
        try (EmbeddingTable table = new EmbeddingTable(checkpoint, NAME, 3, width)) {
            for (int id : new int[] {0, 1, 0, 2, 0, 1}) {
                table.gather(new int[] {id});
            }
            assertThat(table.rowsRead()).isEqualTo(4);
        }
    }

    @Test
    void numbersThatAreNotFiniteAreNamed() {
        float[] numbers = new float[ROWS * WIDTH];
        numbers[5 * WIDTH + 2] = Float.NaN;
        HostCheckpoint checkpoint = new HostCheckpoint().put(NAME, DataType.F32, new long[] {ROWS, WIDTH}, numbers);
        try (EmbeddingTable table = new EmbeddingTable(checkpoint, NAME, ROWS, WIDTH)) {
            assertThat(table.gather(new int[] {4, 6})).containsOnly(0f);
            assertThatExceptionOfType(ModelException.class).isThrownBy(() -> table.gather(new int[] {5})).withMessageContaining("NaN at [5, 2]");
            assertThatIllegalArgumentException().isThrownBy(() -> table.gather(new int[] {ROWS}));
        }
    }

    @Test
    void anotherShapeOrTypeIsRefused() {
        HostCheckpoint checkpoint = checkpoint(DataType.F32);
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> new EmbeddingTable(checkpoint, NAME, ROWS + 1, WIDTH)).withMessageContaining("30x6");
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> new EmbeddingTable(checkpoint, "other", ROWS, WIDTH)).withMessageContaining("lacks other");
        checkpoint.put(NAME, DataType.I64, new long[] {ROWS, WIDTH}, new float[ROWS * WIDTH]);
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> new EmbeddingTable(checkpoint, NAME, ROWS, WIDTH)).withMessageContaining("I64");
    }
}
