package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.Graph;
import dev.parasol.cuda.GraphExec;
import dev.parasol.testing.Samples;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.Int2DArrayAssert;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Between upload and ids the host is asked nothing: the pass can be captured, and replayed over other audio of the same shape. */
class CaptureTest {
    @ParameterizedTest
    @EnumSource(Precision.class)
    void aPassIsCapturedAndReplayed(Precision precision) {
        float[] speech = Samples.waveform(2);
        float[] quieter = new float[speech.length];
        for (int i = 0; i < speech.length; i++) {
            quieter[i] = speech[i] / 64;
        }
        float[] other = Samples.waveform(4);
        float[] cut = Arrays.copyOf(other, speech.length);
        try (TestDevice device = new TestDevice(Samples.model(), precision)) {
            Paraformer model = device.model();
            List<int[]> expectedSpeech = model.run(List.of(speech, cut), null);
            List<int[]> expectedOther = model.run(List.of(cut, quieter), null);

            BatchLayout layout = model.layout(List.of(speech, cut));
            ForwardPlan plan = model.plan(layout.shape());
            ForwardPass pass = model.pass();
            Execution execution = pass.prepare(plan);
            pass.stream().beginCapture();
            pass.launch(plan, execution);
            pass.download(plan, execution);
            try (Graph graph = pass.stream().endCapture(); GraphExec replay = graph.instantiate()) {
                replayed(pass, plan, layout, execution, replay, List.of(speech, cut)).isDeepEqualTo(expectedSpeech.toArray(int[][]::new));
                replayed(pass, plan, layout, execution, replay, List.of(cut, quieter)).isDeepEqualTo(expectedOther.toArray(int[][]::new));
            }
        }
    }

    private static Int2DArrayAssert replayed(ForwardPass pass, ForwardPlan plan, BatchLayout layout, Execution execution,
            GraphExec replay, List<float[]> waveforms) {
        pass.upload(plan, layout, waveforms, execution);
        replay.launch(pass.stream());
        pass.stream().synchronize();
        return assertThat(Recognised.ids(pass.recognised(plan, layout)).toArray(int[][]::new));
    }
}
