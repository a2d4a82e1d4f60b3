package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an utterance gives does not depend on its neighbours, to the bit, and neither does the number of launches. */
class BatchInvarianceTest {
    private static final int BATCHES = 20;
    private static final List<Integer> UTTERANCES = List.of(0, 1, 2, 4, 7, 12, 15);

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aloneAndInRandomBatches(Precision precision) {
        Random random = new Random(7);
        try (TestDevice device = new TestDevice(Samples.model(), precision)) {
            List<float[]> waveforms = new ArrayList<>();
            List<float[]> alone = new ArrayList<>();
            long launchesAlone = 0;
            for (int i = 0; i < UTTERANCES.size(); i++) {
                waveforms.add(Samples.waveform(UTTERANCES.get(i)));
                long before = device.context().launches();
                alone.add(logProbs(device, List.of(waveforms.get(i))).stage(0, StageRecorder.LOG_PROBS).floats());
                launchesAlone = device.context().launches() - before;
            }
            for (int batch = 0; batch < BATCHES; batch++) {
                List<Integer> chosen = random.ints(2 + random.nextInt(4), 0, UTTERANCES.size()).boxed().toList();
                long before = device.context().launches();
                StageRecorder recorder = logProbs(device, chosen.stream().map(waveforms::get).toList());
                assertThat(device.context().launches() - before).isEqualTo(launchesAlone);
                for (int b = 0; b < chosen.size(); b++) {
                    assertThat(recorder.stage(b, StageRecorder.LOG_PROBS).floats()).as("utterance %d in %s", b, chosen).isEqualTo(alone.get(chosen.get(b)));
                }
            }
            System.out.println("digits-tiny " + precision + ": " + launchesAlone + " launches for a batch of any size");
        }
    }

    /** Heads of 128, wide layers, and batches that reach the larger tiles. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void atTrueWidth(Precision precision) {
        try (Reference reference = Reference.open("models/sanm512/golden.safetensors");
                TestDevice device = new TestDevice(Shared.path("models/sanm512").toString(), precision)) {
            List<float[]> features = List.of(reference.floats("1.features"), reference.floats("2.features"), reference.floats("3.features"));
            List<float[]> alone = new ArrayList<>();
            for (float[] one : features) {
                StageRecorder recorder = StageRecorder.only(StageRecorder.LOG_PROBS);
                device.model().runFeatures(List.of(one), recorder);
                alone.add(recorder.stage(0, StageRecorder.LOG_PROBS).floats());
            }
            for (List<Integer> chosen : List.of(List.of(2, 0, 1), List.of(0, 0), List.of(1, 2, 2, 0))) {
                StageRecorder recorder = StageRecorder.only(StageRecorder.LOG_PROBS);
                device.model().runFeatures(chosen.stream().map(features::get).toList(), recorder);
                for (int b = 0; b < chosen.size(); b++) {
                    assertThat(recorder.stage(b, StageRecorder.LOG_PROBS).floats()).as("%d in %s", b, chosen).isEqualTo(alone.get(chosen.get(b)));
                }
            }
        }
    }

    private static StageRecorder logProbs(TestDevice device, List<float[]> waveforms) {
        StageRecorder recorder = StageRecorder.only(StageRecorder.LOG_PROBS);
        device.model().run(waveforms, recorder);
        return recorder;
    }
}
