package dev.parasol.bench.figures;

import dev.parasol.audio.AudioReader;
import dev.parasol.bench.Numbers;
import dev.parasol.bench.OpenModel;
import dev.parasol.bench.Report;
import dev.parasol.bench.TemporaryFolder;
import dev.parasol.model.Precision;
import dev.parasol.model.StageRecorder;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.SafetensorsCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Features of real recordings and of noise around the framing limits, against FunASR's. */
final class FrontendFigure implements Figure {
    private static final double LIMIT = 2e-3;
    /** The smallest model that has a front end. */
    private static final String CONFIG = """
            model: Paraformer
            vocab_size: 8
            encoder: SANMEncoder
            encoder_conf: {output_size: 32, attention_heads: 1, linear_units: 32, num_blocks: 1, input_layer: pe, kernel_size: 11}
            decoder: ParaformerSANMDecoder
            decoder_conf: {attention_heads: 1, linear_units: 32, num_blocks: 1, att_layer_num: 1, kernel_size: 11}
            predictor: CifPredictorV2
            predictor_conf: {idim: 32, l_order: 1, r_order: 1, tail_threshold: 0.45}
            frontend: WavFrontend
            frontend_conf: {fs: 16000, n_mels: 80, lfr_m: 7, lfr_n: 6}
            """;

    @Override
    public void take(Setting setting, Report report) throws IOException {
        report.section("Front end: largest absolute error of the features, FunASR's own beside them");
        Path golden = setting.shared().resolve("golden/frontend");
        try (TemporaryFolder folder = new TemporaryFolder(); SafetensorsCheckpoint file = SafetensorsCheckpoint.open(golden.resolve("frontend.safetensors"))) {
            Files.writeString(folder.path().resolve("config.yaml"), CONFIG);
            Files.copy(setting.shared().resolve("models/paraformer-large-config/am.mvn"), folder.path().resolve("am.mvn"), StandardCopyOption.REPLACE_EXISTING);
            List<String> clips = file.names().stream().filter(name -> name.endsWith(".features")).map(name -> name.substring(0, name.indexOf('.'))).sorted().toList();
            List<float[]> waves = new ArrayList<>();
            for (String clip : clips) {
                waves.add(file.names().contains(clip + ".wave")
                        ? HostTensors.floats(file, clip + ".wave")
                        : AudioReader.read(golden.resolve(clip + ".wav")).samples());
            }
            StageRecorder recorder = StageRecorder.only("features");
            try (OpenModel open = new OpenModel(setting.device(), "synth:" + folder.path(), Precision.FP32)) {
                open.model().run(waves, recorder);
            }
            for (int i = 0; i < clips.size(); i++) {
                float[] expected = HostTensors.floats(file, clips.get(i) + ".features");
                report.atMost(clips.get(i), Numbers.largestError(expected, recorder.stage(i, "features").floats()), LIMIT);
            }
        }
    }
}
