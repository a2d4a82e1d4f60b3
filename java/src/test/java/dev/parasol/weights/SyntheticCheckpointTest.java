package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SyntheticCheckpointTest {
    private static final Checkpoint LARGE = ModelFolder.open("synth:paraformer-large").openCheckpoint();

    private static double deviation(float[] values) {
        double mean = 0;
        double square = 0;
        for (float value : values) {
            mean += value;
            square += (double) value * value;
        }
        mean /= values.length;
        assertThat(mean).isEqualTo(0, within(0.01));
        return Math.sqrt(square / values.length - mean * mean);
    }

    @Test
    void weightsAreScaledByFanInAndDepth() {
        assertThat(deviation(HostTensors.floats(LARGE, "encoder.encoders.0.self_attn.linear_q_k_v.weight"))).isEqualTo(1 / Math.sqrt(512), within(1e-4));
        assertThat(deviation(HostTensors.floats(LARGE, "encoder.encoders.3.feed_forward.w_2.weight"))).isEqualTo(1 / Math.sqrt(2048 * 100), within(1e-5));
        assertThat(deviation(HostTensors.floats(LARGE, "decoder.decoders.1.src_attn.linear_out.weight"))).isEqualTo(1 / Math.sqrt(512 * 32), within(1e-4));
        assertThat(deviation(HostTensors.floats(LARGE, "predictor.cif_conv1d.weight"))).isEqualTo(1 / Math.sqrt(1536), within(1e-4));
        assertThat(HostTensors.floats(LARGE, "encoder.after_norm.weight")).containsOnly(1);
        assertThat(HostTensors.floats(LARGE, "decoder.decoders.0.feed_forward.norm.bias")).containsOnly(0);
    }

    @Test
    void aFrameWeighsAsMuchAsFiveTokensASecondNeed() {
        double logit = HostTensors.floats(LARGE, "predictor.cif_output.bias")[0];
        assertThat(1 / (1 + Math.exp(-logit))).isEqualTo(5 * 0.06, within(1e-6));
    }

    @Test
    void dependsOnSeedAndName() {
        String name = "encoder.encoders.0.feed_forward.w_2.bias";
        float[] zero = HostTensors.floats(LARGE, name);
        assertThat(HostTensors.floats(ModelFolder.open("synth:paraformer-large:0").openCheckpoint(), name)).isEqualTo(zero);
        assertThat(HostTensors.floats(ModelFolder.open("synth:paraformer-large:1").openCheckpoint(), name)).isNotEqualTo(zero);
        assertThat(HostTensors.floats(LARGE, name.replace("encoders.0", "encoders.1"))).isNotEqualTo(zero);
    }

    @Test
    void readsParts() {
        float[] whole = HostTensors.floats(LARGE, "decoder.output_layer.bias");
        ByteBuffer part = TorchFile.little(8);
        LARGE.read("decoder.output_layer.bias", 8402, part);
        assertThat(new float[] {part.flip().getFloat(), part.getFloat()}).containsExactly(whole[8402], whole[8403]);
        assertThatThrownBy(() -> LARGE.read("decoder.output_layer.bias", 8403, TorchFile.little(8))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LARGE.info("x")).isInstanceOf(ModelException.class);
    }
}
