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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hotwords against a reference in double precision, alone and in company, and their memory. */
class HotwordPassTest {
    private static final List<String> DIGITS = List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");
    private static final int NO_BIAS = 12;

    private static String model() {
        return Shared.path("models/digits-seaco").toString();
    }

    /** As many words, each of one to three tokens. */
    private static List<String> words(int count) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String word = DIGITS.get(i % 10);
            words.add(i < 10 ? word : word + " " + DIGITS.get(i / 10 % 10) + (i % 3 == 0 ? " " + DIGITS.get(i * 7 % 10) : ""));
        }
        return words;
    }

    private static List<float[]> waveforms(int... utterances) {
        List<float[]> waveforms = new ArrayList<>();
        for (int utterance : utterances) {
            waveforms.add(Samples.waveform(utterance));
        }
        return waveforms;
    }

    private static Extras extras(int words) {
        return ModelFolder.open(model()).extras(false, words(words));
    }

    @ParameterizedTest
    @CsvSource({"1, FP32", "49, FP32", "50, FP32", "80, FP32", "7, FP16", "80, INT8"})
    void idsAreTheReferences(int count, Precision precision) {
        List<float[]> waveforms = waveforms(0, 2);
        Extras extras = extras(count);
        try (TestDevice plain = new TestDevice(model(), precision); TestDevice device = new TestDevice(model(), precision, extras);
                Checkpoint checkpoint = ModelFolder.open(model()).openCheckpoint()) {
            HotwordReference reference = new HotwordReference(checkpoint, 4);
            List<int[]> without = plain.model().run(waveforms, null);
            StageRecorder recorder = StageRecorder.only("acoustic_embeds", "decoder.decoders3.0.out", "hotwords.merged");
            List<int[]> with = device.model().run(waveforms, recorder);
            boolean exact = precision == Precision.FP32;
            int changed = 0;
            for (int b = 0; b < waveforms.size(); b++) {
                double[][] hidden = reference.norm("decoder.after_norm", HotwordReference.rows(recorder.stage(b, "decoder.decoders3.0.out")));
                double[][] merged = reference.merged(HotwordReference.rows(recorder.stage(b, "acoustic_embeds")), hidden, extras.hotwords().words());
                double[][] found = HotwordReference.rows(recorder.stage(b, "hotwords.merged"));
                double error = 0;
                double size = 0;
                for (int r = 0; r < merged.length; r++) {
                    for (int c = 0; c < merged[r].length; c++) {
                        error += Math.pow(found[r][c] - merged[r][c], 2);
                        size += Math.pow(merged[r][c], 2);
                    }
                }
                assertThat(Math.sqrt(error / size)).as("utterance %d", b).isCloseTo(0, within(exact ? 2e-5 : 1e-2));
                if (exact) {
                    assertThat(with.get(b)).as("utterance %d", b).isEqualTo(reference.ids(merged, without.get(b), NO_BIAS));
                }
                changed += Arrays.equals(with.get(b), without.get(b)) ? 0 : 1;
            }
            assertThat(changed).isPositive();
        }
    }

    /** Two in flight, graphs from the second time on, a choice of words or all of them: the bits of each utterance alone. */
    @ParameterizedTest
    @ValueSource(ints = {5, 70})
    void companyChangesNothing(int count) {
        try (TestDevice device = new TestDevice(model(), Precision.FP32, extras(count))) {
            List<float[]> alone = new ArrayList<>();
            List<int[]> aloneIds = new ArrayList<>();
            for (float[] waveform : waveforms(0, 1, 2)) {
                StageRecorder recorder = StageRecorder.only("hotwords.merged");
                aloneIds.add(device.model().run(List.of(waveform), recorder).get(0));
                alone.add(recorder.stage(0, "hotwords.merged").floats());
            }
            StageRecorder recorder = StageRecorder.only("hotwords.merged");
            device.model().run(waveforms(2, 0, 1), recorder);
            assertThat(List.of(recorder.stage(0, "hotwords.merged").floats(), recorder.stage(1, "hotwords.merged").floats(), recorder.stage(2, "hotwords.merged").floats()))
                    .containsExactly(alone.get(2), alone.get(0), alone.get(1));
            List<int[]> together = new ArrayList<>();
            List<List<float[]>> batches = List.of(waveforms(2, 0), waveforms(1), waveforms(2, 0), waveforms(0, 1, 2), waveforms(2, 0));
            device.model().runAll(batches.iterator(), together::addAll);
            int[] order = {2, 0, 1, 2, 0, 0, 1, 2, 2, 0};
            assertThat(together).hasSameSizeAs(order);
            for (int i = 0; i < order.length; i++) {
                assertThat(together.get(i)).as("utterance %d", order[i]).isEqualTo(aloneIds.get(order[i]));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"3, FP32", "60, FP16"})
    void measuredIsForecast(int count, Precision precision) {
        ModelFolder folder = ModelFolder.open(model());
        Extras extras = folder.extras(true, words(count));
        List<float[]> waveforms = waveforms(0, 4);
        try (TestDevice device = new TestDevice(model(), precision, extras)) {
            BatchShape shape = device.model().layout(waveforms).shape();
            MemoryForecast forecast = MemoryForecast.of(folder, LayerMask.ALL, precision.schemes(), extras, shape);
            device.model().run(waveforms, null);
            assertThat(device.memory().report().used()).isEqualTo(forecast.totalBytes());
            assertThat(forecast.weights()).extracting(MemoryReport.Holder::name).contains("timestamp head", "hotwords");
            assertThat(forecast.weights().stream().mapToLong(MemoryReport.Holder::bytes).sum()).isEqualTo(forecast.weightBytes());
        }
    }
}
