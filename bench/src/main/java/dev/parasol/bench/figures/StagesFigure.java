package dev.parasol.bench.figures;

import dev.parasol.audio.AudioReader;
import dev.parasol.bench.OpenModel;
import dev.parasol.bench.Report;
import dev.parasol.bench.StageReference;
import dev.parasol.model.Precision;
import dev.parasol.model.StageRecorder;
import java.util.List;

/** Every stage against FunASR's, at true width from features and on speech from waveforms. */
final class StagesFigure implements Figure {
    @Override
    public void take(Setting setting, Report report) {
        for (Precision precision : List.of(Precision.FP32, Precision.FP16)) {
            report.section("Stages, " + precision.name().toLowerCase() + ": norm of the difference over norm, largest of all stages");
            trueWidth(setting, precision, report);
            speech(setting, precision, report);
        }
    }

    private static void trueWidth(Setting setting, Precision precision, Report report) {
        List<String> keys = List.of("0", "1", "2", "3");
        StageRecorder recorder = StageRecorder.all();
        try (StageReference reference = StageReference.open(setting.shared().resolve("models/sanm512/golden.safetensors"))) {
            try (OpenModel open = new OpenModel(setting.device(), setting.shared().resolve("models/sanm512").toString(), precision)) {
                open.model().runFeatures(keys.stream().map(key -> reference.floats(key + ".features")).toList(), recorder);
            }
            compare("sanm512 input ", reference, keys, recorder, precision, report);
        }
    }

    private static void speech(Setting setting, Precision precision, Report report) {
        List<String> keys = List.of("utt-00", "utt-01", "utt-02");
        StageRecorder recorder = StageRecorder.all();
        try (StageReference reference = StageReference.open(setting.shared().resolve("audio/digits/stages.safetensors"))) {
            try (OpenModel open = new OpenModel(setting.device(), setting.shared().resolve("models/digits-tiny").toString(), precision)) {
                open.model().run(keys.stream().map(key -> AudioReader.read(setting.shared().resolve("audio/digits/" + key + ".wav")).samples()).toList(), recorder);
            }
            compare("digits-tiny ", reference, keys, recorder, precision, report);
        }
    }

    private static void compare(String what, StageReference reference, List<String> keys, StageRecorder recorder, Precision precision, Report report) {
        for (int i = 0; i < keys.size(); i++) {
            reference.compare(report, what + keys.get(i), keys.get(i) + ".", recorder, i, StageReference.Limits.of(precision), precision == Precision.FP16);
        }
    }
}
