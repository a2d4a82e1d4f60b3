package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemorySystem;
import dev.parasol.testing.Shared;
import dev.parasol.testing.TinyPunctuation;
import dev.parasol.weights.DeviceWeights;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.Progress;
import dev.parasol.weights.PunctuationFolder;
import dev.parasol.weights.SafetensorsCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CtTransformerTest {
    @TempDir
    Path folder;

    private static void with(Path path, Precision precision, BiConsumer<CtTransformer, MemorySystem> test) {
        PunctuationFolder folder = PunctuationFolder.open(path.toString());
        try (CudaContext context = CudaContext.open(DeviceSpec.select(null));
                MemorySystem memory = new MemorySystem(context, Budget.of(context));
                CtTransformer model = CtTransformer.load(context, memory, folder, folder.tokens().size(), precision, Progress.NONE)) {
            test.accept(model, memory);
        }
    }

    private static int[] random(Random random, int words) {
        return IntStream.generate(() -> random.nextInt(9)).limit(words).toArray();
    }

    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"FP32", "FP16"})
    void aTextsLogitsDoNotDependOnItsCompany(Precision precision) throws IOException {
        Random random = new Random(1);
        List<int[]> texts = IntStream.of(1, 40, 7, 219).mapToObj(words -> random(random, words)).toList();
        with(TinyPunctuation.write(folder), precision, (model, memory) -> {
            StageRecorder together = StageRecorder.only(CtTransformerPass.LOGITS);
            List<int[]> marks = model.run(texts, together);
            for (int i = 0; i < texts.size(); i++) {
                StageRecorder alone = StageRecorder.only(CtTransformerPass.LOGITS);
                assertThat(model.run(List.of(texts.get(i)), alone)).containsExactly(marks.get(i));
                float[] logits = alone.stage(0, CtTransformerPass.LOGITS).floats();
                assertThat(together.stage(i, CtTransformerPass.LOGITS).floats()).isEqualTo(logits);
                assertThat(marks.get(i)).isEqualTo(largest(logits, 6));
            }
            // Direct, then as a graph that is made, then as one that is there.
            for (int round = 0; round < 3; round++) {
                assertThat(model.run(texts)).containsExactlyElementsOf(marks);
            }
        });
    }

    private static int[] largest(float[] logits, int marks) {
        return IntStream.range(0, logits.length / marks).map(word -> {
            float[] row = Arrays.copyOfRange(logits, word * marks, (word + 1) * marks);
            return IntStream.range(0, marks).reduce((a, b) -> row[b] > row[a] ? b : a).getAsInt();
        }).toArray();
    }

    @Test
    void whatIsOnTheDeviceIsWhatWasPlannedAndNoEmbedding() throws IOException {
        with(TinyPunctuation.write(folder), Precision.FP32, (model, memory) -> {
            List<int[]> texts = List.of(new int[37]);
            model.run(texts);
            assertThat(memory.slab(0).used()).isEqualTo(model.peakBytes(texts));
            assertThat(memory.weights().used()).isEqualTo(DeviceWeights.bytes(ModelTensors.punctuation(model.config(), DataType.F32), List.of()));
            PunctuationForecast forecast = PunctuationForecast.of(PunctuationFolder.open(folder.toString()), Precision.FP32, 37);
            assertThat(forecast.slabBytes()).isEqualTo(model.peakBytes(texts));
            assertThat(forecast.weightBytes()).isEqualTo(memory.weights().used());
            assertThat(forecast.embeddingBytes()).isEqualTo(model.embeddingBytes());
            assertThat(forecast.toText()).contains("not on the device");
        });
    }

    @Test
    void logitsAreNearFunAsrs() {
        Path shared = Shared.path("models/ct-punc-random");
        with(shared, Precision.FP32, (model, memory) -> {
            try (SafetensorsCheckpoint golden = SafetensorsCheckpoint.open(shared.resolve("golden.safetensors"))) {
                int[] ids = Arrays.stream(HostTensors.longs(golden, "ids")).mapToInt(Math::toIntExact).toArray();
                float[] expected = HostTensors.floats(golden, "logits");
                StageRecorder recorder = StageRecorder.only(CtTransformerPass.LOGITS);
                model.run(List.of(ids), recorder);
                float[] logits = recorder.stage(0, CtTransformerPass.LOGITS).floats();
                assertThat(logits).hasSameSizeAs(expected);
                for (int i = 0; i < logits.length; i++) {
                    assertThat(logits[i]).isCloseTo(expected[i], Offset.offset(1e-4f * Math.max(1, Math.abs(expected[i]))));
                }
            }
        });
    }
}
