package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.audio.AudioReader;
import dev.parasol.model.Reference.Difference;
import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every stage against FunASR's. */
class ReferenceStagesTest {
    private static final double FP32_LIMIT = 5e-5;
    private static final double FP16_LIMIT = 5e-3;

    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"FP32", "FP16"})
    void trueWidthFromFeatures(Precision precision) {
        List<String> keys = List.of("0", "1", "2", "3");
        try (Reference reference = Reference.open("models/sanm512/golden.safetensors");
                TestDevice device = new TestDevice(Shared.path("models/sanm512").toString(), precision)) {
            StageRecorder recorder = StageRecorder.all();
            device.model().runFeatures(keys.stream().map(key -> reference.floats(key + ".features")).toList(), recorder);
            check("sanm512", reference, keys, recorder, precision == Precision.FP32, precision);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"FP32", "FP16"})
    void speechFromWaveforms(Precision precision) {
        List<String> keys = List.of("utt-00", "utt-01", "utt-02");
        try (Reference reference = Reference.open("audio/digits/stages.safetensors");
                TestDevice device = new TestDevice(Shared.path("models/digits-tiny").toString(), precision)) {
            StageRecorder recorder = StageRecorder.all();
            List<float[]> waveforms = keys.stream().map(key -> AudioReader.read(Shared.path("audio/digits/" + key + ".wav")).samples()).toList();
            device.model().run(waveforms, recorder);
            check("digits-tiny", reference, keys, recorder, precision == Precision.FP32, precision);
        }
    }

    /** The sample model's weights were rounded to half precision, so the lesser accuracy is all that can be asked of it. */
    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"FP32", "FP16"})
    void sampleModel(Precision precision) {
        try (Reference reference = Reference.open(Samples.stages()); TestDevice device = new TestDevice(Samples.model(), precision)) {
            StageRecorder recorder = StageRecorder.all();
            device.model().run(List.of(Samples.waveform(0), Samples.waveform(1), Samples.waveform(2)), recorder);
            check("sample", reference, List.of("utt-00", "utt-01", "utt-02"), recorder, false, precision);
        }
    }

    private static void check(String model, Reference reference, List<String> keys, StageRecorder recorder, boolean exact, Precision precision) {
        List<Difference> all = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            List<Difference> differences = reference.differences(keys.get(i), recorder, i);
            System.out.println(model + " " + precision + " " + keys.get(i) + ": " + differences);
            all.addAll(differences);
            reference.assertIds(keys.get(i), recorder.stage(i, "ids").ids(), !exact);
        }
        for (Difference difference : all) {
            if (exact) {
                assertThat(difference.relative()).as("%s", difference).isLessThan(FP32_LIMIT);
            } else if (difference.stage().startsWith("encoder") || difference.stage().equals("alphas")) {
                assertThat(difference.relative()).as("%s", difference).isLessThan(FP16_LIMIT);
            }
        }
        System.out.println(model + " " + precision + ": largest " + all.stream().max(Comparator.comparingDouble(Difference::relative)).orElseThrow());
    }
}
