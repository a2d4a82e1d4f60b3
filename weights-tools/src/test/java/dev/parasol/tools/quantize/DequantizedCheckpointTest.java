package dev.parasol.tools.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.cuda.DataType;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.Checkpoints;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.SafetensorsWriter;
import dev.parasol.weights.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DequantizedCheckpointTest {
    @TempDir
    Path folder;

    private Checkpoint written(float... scales) {
        Path file = folder.resolve("model.safetensors");
        byte[] levels = {127, -127, 0, 1, 2, -3};
        new SafetensorsWriter().metadata(ModelFolder.QUANTIZATION, "{}").metadata("x", "y")
                .add(new TensorInfo("l.weight", DataType.I8, new long[] {2, 3}), (buffer, from, to) -> buffer.put(levels, (int) from, (int) (to - from)))
                .add("l.weight_scale", new long[] {scales.length}, scales)
                .add("l.input_scale", new long[] {1}, new float[] {9})
                .add("l.bias", new long[] {2}, new float[] {5, 6})
                .write(file);
        return Checkpoints.open(file);
    }

    @Test
    void levelsTimesTheirRowsScales() {
        try (Checkpoint checkpoint = DequantizedCheckpoint.of(written(0.5f, 0.25f))) {
            assertThat(checkpoint.names()).containsExactlyInAnyOrder("l.weight", "l.bias");
            assertThat(checkpoint.metadata()).containsEntry("x", "y").doesNotContainKey(ModelFolder.QUANTIZATION);
            assertThat(HostTensors.floats(checkpoint, "l.weight")).containsExactly(63.5f, -63.5f, 0, 0.25f, 0.5f, -0.75f);
            assertThat(HostTensors.floats(checkpoint, "l.bias")).containsExactly(5, 6);
            // A piece that begins within one row and ends within the next.
            ByteBuffer piece = ByteBuffer.allocate(2 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            checkpoint.read("l.weight", 2, piece);
            assertThat(piece.hasRemaining()).isFalse();
            assertThat(piece.flip().getFloat()).isZero();
            assertThat(piece.getFloat()).isEqualTo(0.25f);
        }
    }

    @Test
    void aScaleForEachRowOrNone() {
        try (Checkpoint checkpoint = written(1, 2, 3)) {
            assertThatThrownBy(() -> DequantizedCheckpoint.of(checkpoint)).isInstanceOf(ModelException.class).hasMessageContaining("l.weight")
                    .hasMessageContaining("a scale for each of its rows");
        }
    }
}
