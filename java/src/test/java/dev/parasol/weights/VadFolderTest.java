package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VadFolderTest {
    private static final String CONFIG = """
            model: FsmnVADStreaming
            model_conf: {max_end_silence_time: 700, speech_noise_thres: 0.55, sil_pdf_ids: [2]}
            encoder: FSMN
            encoder_conf: {input_dim: 60, input_affine_dim: 7, fsmn_layers: 2, linear_dim: 9, proj_dim: 64, lorder: 5, rorder: 0, lstride: 1, rstride: 0, output_affine_dim: 8, output_dim: 11}
            frontend: WavFrontendOnline
            frontend_conf: {fs: 16000, window: hamming, n_mels: 20, frame_length: 25, frame_shift: 10, lfr_m: 3, lfr_n: 1}
            """;

    @TempDir
    Path folder;

    private VadFolder open(String config) throws IOException {
        Files.writeString(folder.resolve("config.yaml"), config);
        return VadFolder.open(folder.toString());
    }

    @Test
    void readsTheConfiguration() throws IOException {
        VadFolder vad = open(CONFIG);
        assertThat(vad.config()).isEqualTo(new VadConfig(new FrontendConfig(20, 3, 1), 7, 2, 9, 64, 5, 8, 11, 2,
                new EndpointConfig(700, 200, 150, 150, 200, 100, 60_000, 0.55, 1, -100, -100, 100)));
        assertThatThrownBy(vad::openCheckpoint).isInstanceOf(ModelException.class).hasMessageContaining("model.pt is missing");
        assertThatThrownBy(vad::cmvn).isInstanceOf(ModelException.class).hasMessageContaining("am.mvn is missing");
    }

    @Test
    void readsTheSharedModel() {
        VadFolder vad = VadFolder.open(Shared.path("models/fsmn-vad").toString());
        assertThat(vad.config()).isEqualTo(new VadConfig(new FrontendConfig(80, 5, 1), 140, 4, 250, 128, 20, 140, 248, 0,
                new EndpointConfig(800, 200, 150, 150, 200, 100, 60_000, 0.6, 1, -100, -100, 100)));
        long parameters = VadTensors.required(vad.config()).stream().mapToLong(spec -> TensorInfo.count(spec.shape())).sum();
        assertThat(parameters).isEqualTo(428_738);
        try (Checkpoint checkpoint = vad.openCheckpoint()) {
            assertThat(WeightCheck.check(checkpoint, VadTensors.required(vad.config()), name -> false)).isEmpty();
        }
        assertThat(vad.cmvn().shift()).hasSize(400);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "FsmnVADStreaming | Paraformer | model is Paraformer",
        "lfr_n: 1 | lfr_n: 6 | frontend_conf.lfr_n is 6",
        "proj_dim: 64 | proj_dim: 65 | encoder_conf.proj_dim is 65",
        "rorder: 0 | rorder: 2 | encoder_conf.rorder is 2",
        "lorder: 5 | lorder: 33 | encoder_conf.lorder is 33",
        "input_dim: 60 | input_dim: 61 | encoder_conf.input_dim is 61",
        "[2] | [11] | model_conf.sil_pdf_ids is 11",
        "[2] | [0, 1] | model_conf.sil_pdf_ids is a list",
        "700 | -1 | model_conf.max_end_silence_time is -1",
        "0.55 | high | model_conf.speech_noise_thres is high"})
    void whatIsNotSupportedIsNamed(String from, String to, String complaint) {
        assertThatThrownBy(() -> open(CONFIG.replace(from, to))).isInstanceOf(ModelException.class).hasMessageContaining(complaint)
                .hasMessageContaining("config.yaml");
    }

    @Test
    void aFolderMustBeOne() throws IOException {
        assertThatThrownBy(() -> VadFolder.open(folder.resolve("none").toString())).isInstanceOf(ModelException.class).hasMessageContaining("none");
        assertThatThrownBy(() -> VadFolder.open("")).isInstanceOf(ModelException.class);
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> VadFolder.open(file.toString())).isInstanceOf(ModelException.class).hasMessageContaining("is a file");
    }
}
