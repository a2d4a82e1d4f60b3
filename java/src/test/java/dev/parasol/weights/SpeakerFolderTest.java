package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.testing.TinySpeaker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpeakerFolderTest {
    @TempDir
    Path folder;

    private static void refused(Runnable action, String... parts) {
        assertThatThrownBy(action::run).isInstanceOf(ModelException.class).hasMessageContainingAll(parts);
    }

    private void open() {
        SpeakerFolder.open(folder.toString()).openCheckpoint().close();
    }

    @Test
    void shapesFollowFromTheConfiguration() throws IOException {
        SpeakerConfig config = SpeakerFolder.open(TinySpeaker.write(folder).toString()).config();
        assertThat(config).isEqualTo(new SpeakerConfig(80, 24, 32, 1, 32));
        assertThat(config.blockOutput(0)).isEqualTo(32 + 12 * 32);
        assertThat(config.blockInput(1)).isEqualTo(208);
        assertThat(config.pooled()).isEqualTo(500);
        Files.writeString(folder.resolve("config.yaml"), "model: CAMPPlus");
        assertThat(SpeakerFolder.open(folder.toString()).config()).isEqualTo(new SpeakerConfig(80, 192, 32, 4, 128));
    }

    @ParameterizedTest
    @CsvSource({"model: CAMPPlus, model: ERes2Net, model is ERes2Net", "fs: 16000, fs: 8000, frontend_conf.fs is 8000", "segment, frame, model_conf.output_level is frame",
        "batchnorm-relu, batchnorm-prelu, model_conf.config_str is batchnorm-prelu", "growth_rate: 32, growth_rate: 48, model_conf.growth_rate is 48",
        "feat_dim: 80, feat_dim: 81, model_conf.feat_dim is 81", "bn_size: 1, bn_size: 5, model_conf.bn_size is 5", "init_channels: 32, init_channels: 0, model_conf.init_channels is 0",
        "embedding_size: 24, embedding_size: x, model_conf.embedding_size is x"})
    void whatIsNotSupportedIsNamed(String from, String to, String message) throws IOException {
        Files.writeString(folder.resolve("config.yaml"), TinySpeaker.CONFIG.replace(from, to));
        refused(this::open, folder + "/config.yaml: " + message, "supported: ");
    }

    @Test
    void foldersThatAreNoneAreNamed() throws IOException {
        refused(() -> SpeakerFolder.open("no/such/folder"), "no/such/folder does not exist", "expected the folder of a speaker model");
        refused(() -> SpeakerFolder.open(" "), "names no folder");
        Path file = Files.createFile(folder.resolve("file"));
        refused(() -> SpeakerFolder.open(file.toString()), "is a file, expected the folder of a speaker model");
    }

    @Test
    void theCheckpointMayHaveAnyNameWhereItIsTheOnlyOne() throws IOException {
        TinySpeaker.write(folder);
        Files.move(folder.resolve("model.safetensors"), folder.resolve("campplus_cn_common.bin"));
        open();
        Files.createFile(folder.resolve("other.bin"));
        refused(this::open, "model.pt is missing");
        Files.writeString(folder.resolve("configuration.json"), "{\"file_path_metas\": {\"init_param\": \"campplus_cn_common.bin\"}}");
        open();
    }

    @Test
    void tensorsThatAreMissingOrOfAnotherShapeAreNamed() throws IOException {
        TinySpeaker.write(folder, Map.of("xvector.block3.tdnnd16.nonlinear2.batchnorm.running_var", new long[0]));
        refused(this::open, "lacks 1 tensor", "xvector.block3.tdnnd16.nonlinear2.batchnorm.running_var [32]");
        TinySpeaker.write(folder, Map.of("head.conv1.weight", new long[] {32, 1, 3, 5}));
        refused(this::open, "head.conv1.weight has the shape 32x1x3x5, expected 32x1x3x3");
    }

    @Test
    void batchNormsAreFoldedIntoWhatGoesBefore() throws IOException {
        SpeakerFolder model = SpeakerFolder.open(TinySpeaker.write(folder).toString());
        try (SpeakerCheckpoint folded = model.openCheckpoint(); Checkpoint plain = Checkpoints.open(folder.resolve("model.safetensors"))) {
            assertThat(folded.notices()).isEmpty();
            assertThat(folded.names()).containsExactlyElementsOf(SpeakerTensors.required(model.config()).stream().map(WeightSpec::name).toList());
            String norm = "xvector.tdnn.nonlinear.batchnorm.";
            int out = 7;
            int channel = 3;
            int frequency = 9;
            int tap = 4;
            double scale = HostTensors.floats(plain, norm + "weight")[out] / Math.sqrt(HostTensors.floats(plain, norm + "running_var")[out] + 1e-5);
            float weight = HostTensors.floats(plain, "xvector.tdnn.linear.weight")[(out * 320 + channel * 10 + frequency) * 5 + tap];
            assertThat((double) element(folded, "xvector.tdnn.linear.weight", (tap * 320 + frequency * 32 + channel) * 32 + out)).isCloseTo(weight * scale, within(1e-6));
            assertThat((double) element(folded, "xvector.tdnn.linear.bias", out))
                    .isCloseTo(HostTensors.floats(plain, norm + "bias")[out] - HostTensors.floats(plain, norm + "running_mean")[out] * scale, within(1e-6));
            refused(() -> folded.info("head.bn1.weight"), "has no tensor head.bn1.weight");
        }
    }

    private static float element(Checkpoint checkpoint, String name, int index) {
        ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        checkpoint.read(name, index, bytes);
        return bytes.flip().getFloat();
    }
}
