package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.memory.MemoryReport;
import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.Extras;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The timestamp head of CIF V3 against a reference in double precision, alone and in company, and its memory. */
class TimestampHeadTest {
    private static String model() {
        return Shared.path("models/digits-seaco").toString();
    }

    private static List<float[]> waveforms(int... utterances) {
        List<float[]> waveforms = new ArrayList<>();
        for (int utterance : utterances) {
            waveforms.add(Samples.waveform(utterance));
        }
        return waveforms;
    }

    private static float[] read(Checkpoint checkpoint, String name) {
        int count = Math.toIntExact(checkpoint.info("predictor." + name).count());
        ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        checkpoint.read("predictor." + name, 0, bytes);
        float[] values = new float[count];
        bytes.flip().asFloatBuffer().get(values);
        return values;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** The rows of a transposed convolution whose stride is its width. */
    private static double[][] upsampled(Checkpoint checkpoint, StageTensor encoded) {
        float[] weight = read(checkpoint, "upsample_cnn.weight");
        float[] bias = read(checkpoint, "upsample_cnn.bias");
        int d = bias.length;
        double[][] rows = new double[3 * encoded.rows()][d];
        for (int r = 0; r < rows.length; r++) {
            for (int o = 0; o < d; o++) {
                double sum = bias[o];
                for (int c = 0; c < d; c++) {
                    sum += (double) encoded.floats()[r / 3 * d + c] * weight[(c * d + o) * 3 + r % 3];
                }
                rows[r][o] = sum;
            }
        }
        return rows;
    }

    private static double[][] lstm(Checkpoint checkpoint, double[][] rows, String suffix, boolean reverse) {
        float[] in = read(checkpoint, "blstm.weight_ih" + suffix);
        float[] recurrent = read(checkpoint, "blstm.weight_hh" + suffix);
        float[] inBias = read(checkpoint, "blstm.bias_ih" + suffix);
        float[] recurrentBias = read(checkpoint, "blstm.bias_hh" + suffix);
        int d = rows[0].length;
        double[] state = new double[d];
        double[] cell = new double[d];
        double[][] states = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            int at = reverse ? rows.length - 1 - i : i;
            double[] gates = new double[4 * d];
            for (int g = 0; g < 4 * d; g++) {
                gates[g] = inBias[g] + recurrentBias[g];
                for (int k = 0; k < d; k++) {
                    gates[g] += in[g * d + k] * rows[at][k] + recurrent[g * d + k] * state[k];
                }
            }
            state = new double[d];
            for (int u = 0; u < d; u++) {
                cell[u] = sigmoid(gates[d + u]) * cell[u] + sigmoid(gates[u]) * Math.tanh(gates[2 * d + u]);
                state[u] = sigmoid(gates[3 * d + u]) * Math.tanh(cell[u]);
            }
            states[at] = state;
        }
        return states;
    }

    private static double[] weights(Checkpoint checkpoint, StageTensor encoded) {
        double[][] rows = upsampled(checkpoint, encoded);
        double[][] forward = lstm(checkpoint, rows, "_l0", false);
        double[][] backward = lstm(checkpoint, rows, "_l0_reverse", true);
        float[] weight = read(checkpoint, "cif_output2.weight");
        int d = rows[0].length;
        double[] alphas = new double[rows.length];
        for (int r = 0; r < rows.length; r++) {
            double logit = read(checkpoint, "cif_output2.bias")[0];
            for (int u = 0; u < d; u++) {
                logit += weight[u] * forward[r][u] + weight[d + u] * backward[r][u];
            }
            alphas[r] = Math.max(0, sigmoid(logit) * 0.25 - 0.01);
        }
        return alphas;
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "FP16"})
    void weightsAreTheReferences(Precision precision) {
        List<float[]> waveforms = waveforms(0, 1);
        try (TestDevice device = new TestDevice(model(), precision, true); Checkpoint checkpoint = ModelFolder.open(model()).openCheckpoint()) {
            StageRecorder recorder = StageRecorder.only("encoder_out");
            List<Recognised> recognised = device.model().run(device.model().layout(waveforms), waveforms, recorder);
            for (int b = 0; b < waveforms.size(); b++) {
                double[] expected = weights(checkpoint, recorder.stage(b, "encoder_out"));
                CifTrace trace = recognised.get(b).trace();
                assertThat(trace.perFrame()).isEqualTo(3);
                assertThat(trace.peaks()).isNull();
                assertThat(trace.weights()).hasSize(expected.length);
                for (int i = 0; i < expected.length; i++) {
                    assertThat((double) trace.weights()[i]).as("utterance %d, weight %d", b, i).isCloseTo(expected[i], within(precision == Precision.FP32 ? 1e-6 : 3e-4));
                }
            }
        }
    }

    /** Two in flight, graphs from the second time on: the bits of each utterance alone. */
    @ParameterizedTest
    @EnumSource(names = {"FP32", "INT8"})
    void companyChangesNothing(Precision precision) {
        try (TestDevice device = new TestDevice(model(), precision, true)) {
            List<float[]> alone = new ArrayList<>();
            for (float[] waveform : waveforms(0, 1, 2)) {
                List<float[]> one = List.of(waveform);
                alone.add(device.model().run(device.model().layout(one), one, null).get(0).trace().weights());
            }
            List<Recognised> together = new ArrayList<>();
            List<List<float[]>> batches = List.of(waveforms(2, 0), waveforms(1), waveforms(2, 0), waveforms(0, 1, 2), waveforms(2, 0));
            device.model().recogniseAll(batches.iterator(), together::addAll);
            int[] order = {2, 0, 1, 2, 0, 0, 1, 2, 2, 0};
            assertThat(together).hasSameSizeAs(order);
            for (int i = 0; i < order.length; i++) {
                assertThat(together.get(i).trace().weights()).as("utterance %d", order[i]).isEqualTo(alone.get(order[i]));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "FP16"})
    void measuredIsForecast(Precision precision) {
        ModelFolder folder = ModelFolder.open(model());
        Extras extras = folder.extras(true);
        List<float[]> waveforms = waveforms(0, 4);
        try (TestDevice device = new TestDevice(model(), precision, true)) {
            BatchShape shape = device.model().layout(waveforms).shape();
            MemoryForecast forecast = MemoryForecast.of(folder, LayerMask.ALL, precision.schemes(), extras, shape);
            device.model().run(waveforms, null);
            MemoryReport report = device.memory().report();
            assertThat(report.used()).isEqualTo(forecast.totalBytes());
            assertThat(forecast.weights()).extracting(MemoryReport.Holder::name).contains("timestamp head");
            assertThat(forecast.weightBytes()).isGreaterThan(MemoryForecast.of(folder, LayerMask.ALL, precision, shape).weightBytes());
        }
    }

    @Test
    void withoutTimesNothingOfItIsLoaded() {
        try (TestDevice device = new TestDevice(model(), Precision.FP32); TestDevice synthetic = new TestDevice("synth:" + model(), Precision.FP32, true)) {
            List<float[]> waveforms = waveforms(0);
            assertThat(device.model().run(device.model().layout(waveforms), waveforms, null).get(0).trace()).isNull();
            assertThat(device.model().notices()).anyMatch(notice -> notice.contains("predictor.blstm.*"));
            assertThat(synthetic.model().run(synthetic.model().layout(waveforms), waveforms, null).get(0).trace().weights()).doesNotContain(Float.NaN);
        }
    }
}
