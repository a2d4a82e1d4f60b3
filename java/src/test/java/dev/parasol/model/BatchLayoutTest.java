package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchLayoutTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1", "399, 1, 1", "400, 1, 1", "559, 1, 1", "560, 2, 1", "1359, 6, 1", "1360, 7, 2", "16000, 98, 17", "57600000, 359998, 60000"
    })
    void framesOfAWaveform(long samples, int fbankRows, int frames) {
        BatchShape shape = BatchLayout.ofWaveforms(TestModels.FRONTEND, samples).shape();
        assertThat(shape).isEqualTo(new BatchShape(1, samples, fbankRows, frames));
    }

    @Test
    void offsetsAreWrittenForTheDevice() {
        BatchLayout layout = BatchLayout.ofWaveforms(TestModels.FRONTEND, 1, 16000, 400);
        int batch = layout.batch() + 1;
        ByteBuffer bytes = ByteBuffer.allocate((int) InputOffsets.bytes(batch)).order(ByteOrder.LITTLE_ENDIAN);
        InputOffsets.write(layout, batch, bytes);
        assertThat(bytes.hasRemaining()).isFalse();
        assertThat(bytes.getLong((int) InputOffsets.samples() + 8 * 2)).isEqualTo(16001);
        assertThat(bytes.getInt((int) InputOffsets.fbank(batch) + 4 * 3)).isEqualTo(100);
        assertThat(bytes.getInt((int) InputOffsets.frames(batch) + 4 * 2)).isEqualTo(18);
        assertThat(bytes.getInt((int) InputOffsets.frames(batch) + 4 * 3)).isEqualTo(19);
        assertThat(bytes.getInt((int) InputOffsets.frames(batch) + 4 * 4)).as("an utterance that is not there has no rows").isEqualTo(19);
        assertThat(bytes.getLong((int) InputOffsets.samples() + 8 * 4)).isEqualTo(16401);
    }

    @Test
    void featuresHaveFramesOnly() {
        BatchShape shape = BatchLayout.ofFeatures(1, 167).shape();
        assertThat(shape).isEqualTo(new BatchShape(2, 0, 0, 168));
        assertThat(shape.fromWaveforms()).isFalse();
    }

    @Test
    void nothingIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> BatchLayout.ofWaveforms(TestModels.FRONTEND, 5, 0)).withMessageContaining("utterance 1");
        assertThatIllegalArgumentException().isThrownBy(() -> BatchLayout.ofFeatures(0)).withMessageContaining("utterance 0");
        assertThatIllegalArgumentException().isThrownBy(() -> BatchLayout.ofFeatures().shape());
    }
}
