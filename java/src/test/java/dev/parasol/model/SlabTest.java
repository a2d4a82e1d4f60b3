package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.HostBuffer;
import dev.parasol.cuda.Stream;
import dev.parasol.memory.Region;
import dev.parasol.testing.Samples;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The slab is used as planned: nothing is read that was not written, nothing is written behind the peak. */
class SlabTest {
    private static final int TAIL = 1 << 16;

    @ParameterizedTest
    @EnumSource(Precision.class)
    void whatLayInTheSlabDoesNotMatterAndWhatLiesBehindIsLeftAlone(Precision precision) {
        List<float[]> waveforms = List.of(Samples.waveform(0), new float[] {0.5f}, Samples.waveform(2));
        try (TestDevice device = new TestDevice(Samples.model(), precision)) {
            Paraformer model = device.model();
            Region slab = device.memory().slab(0);
            BatchShape bucket = ForwardPlan.bucket(model.config(), model.layout(waveforms).shape());
            long peak = ForwardPlan.of(model.config(), model.vocabulary().size(), precision, bucket, true).peakBytes();
            slab.ensure(peak + TAIL);
            StageRecorder afterZeros = poisonedRun(device, waveforms, (byte) 0, peak);
            StageRecorder afterNaNs = poisonedRun(device, waveforms, (byte) 0xff, peak);
            for (int b = 0; b < waveforms.size(); b++) {
                for (String stage : afterZeros.utterance(b).keySet()) {
                    assertThat(afterNaNs.stage(b, stage).floats()).as("%s of %d", stage, b).isEqualTo(afterZeros.stage(b, stage).floats());
                    assertThat(afterNaNs.stage(b, stage).ids()).as("%s of %d", stage, b).isEqualTo(afterZeros.stage(b, stage).ids());
                }
            }
            assertThat(slab.used()).isEqualTo(peak);
        }
    }

    private static StageRecorder poisonedRun(TestDevice device, List<float[]> waveforms, byte poison, long peak) {
        Region slab = device.memory().slab(0);
        try (Stream stream = device.context().newStream(); HostBuffer tail = device.context().allocateHost(TAIL)) {
            stream.fill(slab.address(), poison, peak + TAIL);
            stream.synchronize();
            StageRecorder recorder = StageRecorder.all();
            device.model().run(waveforms, recorder);
            stream.copyToHost(tail, 0, slab.address() + peak, TAIL);
            stream.synchronize();
            byte[] bytes = new byte[TAIL];
            tail.bytes().get(bytes);
            assertThat(bytes).containsOnly(poison);
            return recorder;
        }
    }
}
