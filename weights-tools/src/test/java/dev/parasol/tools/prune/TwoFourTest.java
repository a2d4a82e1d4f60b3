package dev.parasol.tools.prune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.tools.tensors.EditedCheckpoint;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.Checkpoints;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.SafetensorsWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwoFourTest {
    private static final String NAME = "encoder.encoders.0.feed_forward.w_1.weight";

    @TempDir
    Path folder;

    private Checkpoint checkpoint(float... values) {
        Path file = folder.resolve("x.safetensors");
        new SafetensorsWriter().add(NAME, new long[] {values.length / 4, 4}, values).add("encoder.after_norm.weight", new long[] {4}, new float[] {1, 2, 3, 4}).write(file);
        return new TwoFour(Checkpoints.open(file));
    }

    @Test
    void theTwoLargestOfFourStay() {
        try (Checkpoint sparse = checkpoint(1, -4, 2, -3, 0, 0, 0, 5, 1, 1, 1, 1)) {
            assertThat(HostTensors.floats(sparse, NAME)).containsExactly(0, -4, 0, -3, 0, 0, 0, 5, 0, 0, 1, 1);
            assertThat(HostTensors.floats(sparse, "encoder.after_norm.weight")).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void anyPieceIsThatOfTheWhole() {
        try (Checkpoint sparse = checkpoint(1, -4, 2, -3, 6, 7, 8, 5)) {
            ByteBuffer piece = ByteBuffer.allocate(4 * 4).order(ByteOrder.LITTLE_ENDIAN);
            sparse.read(NAME, 3, piece);
            assertThat(piece.flip().getFloat()).isEqualTo(-3);
            assertThat(piece.getFloat()).isEqualTo(0);
            assertThat(piece.getFloat()).isEqualTo(7);
            assertThat(piece.getFloat()).isEqualTo(8);
        }
    }

    @Test
    void replacedTensorsAreMadeSparseToo() {
        Path file = folder.resolve("y.safetensors");
        new SafetensorsWriter().add(NAME, new long[] {1, 4}, new float[4]).write(file);
        HostTensor other = new HostTensor(new long[] {1, 4}, new float[] {4, 3, 2, 1});
        try (Checkpoint sparse = new TwoFour(EditedCheckpoint.replacing(Map.of(NAME, other)).apply(Checkpoints.open(file)))) {
            assertThat(HostTensors.floats(sparse, NAME)).containsExactly(4, 3, 0, 0);
        }
    }
}
