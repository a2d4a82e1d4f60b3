package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.audio.AudioReader;
import dev.parasol.testing.Shared;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an utterance gives does not depend on its neighbours, to the bit, and neither does the number of launches. */
class BatchInvarianceTest {
    private static final int BATCHES = 20;
    private static final int UTTERANCES = 10;

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aloneAndInRandomBatches(Precision precision) {
        Random random = new Random(7);
        try (TestDevice device = new TestDevice(Shared.path("models/digits-tiny").toString(), precision)) {
            List<float[]> waveforms = new ArrayList<>();
            List<float[]> alone = new ArrayList<>();
            long launchesAlone = 0;
            for (int i = 0; i < UTTERANCES; i++) {
                waveforms.add(AudioReader.read(Shared.path("audio/digits/utt-0" + i + ".wav")).samples());
                long before = device.context().launches();
                alone.add(logProbs(device, List.of(waveforms.get(i))).stage(0, StageRecorder.LOG_PROBS).floats());
                launchesAlone = device.context().launches() - before;
            }
            for (int batch = 0; batch < BATCHES; batch++) {
                List<Integer> chosen = random.ints(2 + random.nextInt(4), 0, UTTERANCES).boxed().toList();
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

    private static StageRecorder logProbs(TestDevice device, List<float[]> waveforms) {
        StageRecorder recorder = StageRecorder.only(StageRecorder.LOG_PROBS);
        device.model().run(waveforms, recorder);
        return recorder;
    }
}
