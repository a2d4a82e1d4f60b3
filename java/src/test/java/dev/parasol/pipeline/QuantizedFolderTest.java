package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parasol.cuda.DataType;
import dev.parasol.model.BatchLayout;
import dev.parasol.model.MemoryForecast;
import dev.parasol.model.Precision;
import dev.parasol.model.StageRecorder;
import dev.parasol.testing.Samples;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.SafetensorsWriter;
import dev.parasol.weights.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders whose checkpoint is in int8, beside what is quantized while loading. */
class QuantizedFolderTest {
    private static final Path MODEL = Path.of(Samples.model());

    @TempDir
    Path folder;

    /** Writes the sample model with all its linear layers in int8. */
    private void write(LinearScheme scheme, Map<String, Float> inputScales) throws IOException {
        ModelFolder model = ModelFolder.open(MODEL.toString());
        List<String> linears = ModelTensors.linears(model.config());
        String layers = linears.stream().map(linear -> "\"" + linear + "\":\"" + scheme.text() + "\"").collect(Collectors.joining(","));
        SafetensorsWriter writer = new SafetensorsWriter().metadata(ModelFolder.QUANTIZATION, "{\"version\":1,\"layers\":{" + layers + "}}");
        try (Checkpoint checkpoint = model.openCheckpoint()) {
            for (String name : checkpoint.names()) {
                String linear = name.replaceFirst("\\.weight$", "");
                float[] values = HostTensors.floats(checkpoint, name);
                if (name.endsWith(".weight") && linears.contains(linear)) {
                    quantized(writer, checkpoint.info(name), linear, values);
                    if (scheme == LinearScheme.INT8_STATIC) {
                        writer.add(linear + ModelTensors.INPUT_SCALE, new long[] {1}, new float[] {inputScales.get(linear)});
                    }
                } else {
                    writer.add(name, checkpoint.info(name).shape(), values);
                }
            }
            writer.write(folder.resolve("model.safetensors"));
        }
        for (String file : new String[] {"config.yaml", "am.mvn", "tokens.json"}) {
            Files.copy(MODEL.resolve(file), folder.resolve(file));
        }
    }

    private static void quantized(SafetensorsWriter writer, TensorInfo info, String linear, float[] values) {
        int rows = (int) info.shape()[0];
        int cols = (int) info.shape()[1];
        float[] scales = new float[rows];
        byte[] numbers = new byte[values.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                scales[r] = Math.max(scales[r], Math.abs(values[r * cols + c]));
            }
            scales[r] /= 127;
            for (int c = 0; c < cols; c++) {
                numbers[r * cols + c] = (byte) Math.max(-127, Math.min(127, Math.rint(values[r * cols + c] * (1 / scales[r]))));
            }
        }
        writer.add(new TensorInfo(info.name(), DataType.I8, info.shape()), (buffer, from, to) -> buffer.put(numbers, (int) from, (int) (to - from)));
        writer.add(linear + ModelTensors.WEIGHT_SCALE, new long[] {rows}, scales);
    }

    private static Recognizer open(String model, LinearSchemes schemes) {
        return Recognizer.builder().model(model).precision(schemes).build();
    }

    private static float[] logProbs(Recognizer recognizer) {
        return recognizer.stages(Samples.speech(2)).stage(0, StageRecorder.LOG_PROBS).floats();
    }

    @Test
    void quantizedBeforeOrWhileLoadingGivesTheSameBits() throws IOException {
        write(LinearScheme.INT8_DYNAMIC, Map.of());
        try (Recognizer stored = open(folder.toString(), null); Recognizer loaded = open(MODEL.toString(), Precision.INT8.schemes())) {
            assertThat(stored.schemes().title()).isEqualTo("int8");
            assertThat(stored.schemes().stored()).isTrue();
            assertThat(logProbs(stored)).isEqualTo(logProbs(loaded));
            assertThat(stored.memoryReport().used()).isEqualTo(loaded.memoryReport().used());
        }
    }

    @Test
    void weightsAlone() throws IOException {
        write(LinearScheme.INT8_WEIGHTS, Map.of());
        try (Recognizer stored = open(folder.toString(), null); Recognizer loaded = open(MODEL.toString(), Precision.INT8_WEIGHTS.schemes())) {
            assertThat(stored.schemes().title()).isEqualTo("int8-weights");
            assertThat(logProbs(stored)).isEqualTo(logProbs(loaded));
        }
    }

    /** With scales of the largest magnitude that three recordings have, the text is the same, alone and in a batch, and the memory is the forecast's. */
    @Test
    void calibratedScales() throws IOException {
        Map<String, Float> scales = new HashMap<>();
        List<Path> files = List.of(Samples.speech(1), Samples.speech(2), Samples.speech(4));
        List<String> texts;
        try (Recognizer exact = open(MODEL.toString(), Precision.FP32.schemes())) {
            texts = exact.transcribe(files).stream().map(result -> result.orThrow().text()).toList();
            List<String> linears = ModelTensors.linears(exact.config());
            StageRecorder inputs = StageRecorder.only(linears.stream().map(linear -> linear + StageRecorder.INPUT).toList());
            exact.session().model().run(List.of(Samples.waveform(1), Samples.waveform(2), Samples.waveform(4)), inputs);
            for (String linear : linears) {
                for (int i = 0; i < inputs.batch(); i++) {
                    for (float x : inputs.stage(i, linear + StageRecorder.INPUT).floats()) {
                        scales.merge(linear, Math.abs(x) / 127, Math::max);
                    }
                }
            }
        }
        write(LinearScheme.INT8_STATIC, scales);
        try (Recognizer fixed = open(folder.toString(), Precision.INT8.schemes())) {
            assertThat(fixed.transcribe(files).stream().map(result -> result.orThrow().text()).toList()).isEqualTo(texts);
            StageRecorder alone = StageRecorder.only(StageRecorder.LOG_PROBS);
            StageRecorder together = StageRecorder.only(StageRecorder.LOG_PROBS);
            fixed.session().model().run(List.of(Samples.waveform(2)), alone);
            fixed.session().model().run(List.of(Samples.waveform(1), Samples.waveform(2), Samples.waveform(4)), together);
            assertThat(together.stage(1, StageRecorder.LOG_PROBS).floats()).isEqualTo(alone.stage(0, StageRecorder.LOG_PROBS).floats());
            ModelFolder model = ModelFolder.open(folder.toString());
            MemoryForecast forecast = MemoryForecast.of(model, LayerMask.ALL, (LinearSchemes) null, BatchLayout.ofSeconds(model.config().frontend(), 1, 1).shape());
            assertThat(fixed.memoryReport().regions().stream().filter(region -> region.name().endsWith("weights")).findFirst().orElseThrow().used())
                    .isEqualTo(forecast.weightBytes());
        }
    }

    /** Every scheme before and behind every other: the same bits alone and in a batch, near to fp32. */
    @Test
    void neighboursOfDifferentSchemes() {
        LinearSchemes mixed = LinearSchemes.mixed("mixed", Map.of("encoder.encoders0.*w_1", LinearScheme.INT8_WEIGHTS, "encoder.encoders.0.*w_1", LinearScheme.FP16,
                "encoder.encoders.1.*w_2", LinearScheme.FP16, "encoder.encoders.2.*w_2", LinearScheme.INT8_WEIGHTS, "encoder.*linear_out", LinearScheme.INT8_WEIGHTS,
                "decoder.decoders.0.*linear_k_v", LinearScheme.FP16, "decoder.decoders.1.*w_1", LinearScheme.FP16, "decoder.decoders3.*w_2", LinearScheme.INT8_WEIGHTS),
                LinearScheme.INT8_DYNAMIC);
        try (Recognizer recognizer = open(MODEL.toString(), mixed); Recognizer exact = open(MODEL.toString(), Precision.FP32.schemes())) {
            StageRecorder together = StageRecorder.only(StageRecorder.LOG_PROBS);
            recognizer.session().model().run(List.of(Samples.waveform(1), Samples.waveform(2), Samples.waveform(4)), together);
            float[] alone = logProbs(recognizer);
            assertThat(together.stage(1, StageRecorder.LOG_PROBS).floats()).isEqualTo(alone);
            float[] expected = logProbs(exact);
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < expected.length; i++) {
                difference += Math.pow(expected[i] - alone[i], 2);
                norm += Math.pow(expected[i], 2);
            }
            assertThat(Math.sqrt(difference / norm)).isBetween(1e-6, 0.02);
        }
    }

    @Test
    void anotherPrecisionThanTheFoldersIsRefused() throws IOException {
        write(LinearScheme.INT8_DYNAMIC, Map.of());
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> open(folder.toString(), Precision.INT8_WEIGHTS.schemes()))
                .withMessageContaining("model.safetensors is quantized as int8, but int8-weights was asked for");
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> open(folder.toString(), Precision.FP16.schemes()))
                .withMessageContaining("is quantized as int8, but fp16 was asked for");
    }

    @Test
    void aFolderWithoutItsScalesIsRefused() throws IOException {
        write(LinearScheme.INT8_STATIC, ModelTensors.linears(ModelFolder.open(MODEL.toString()).config()).stream().collect(Collectors.toMap(l -> l, l -> 1f)));
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Checkpoint checkpoint = ModelFolder.open(folder.toString()).openCheckpoint()) {
            checkpoint.metadata().forEach(writer::metadata);
            checkpoint.names().stream().filter(name -> checkpoint.info(name).floating() && !name.endsWith("encoders.0.feed_forward.w_2.input_scale"))
                    .forEach(name -> writer.add(name, checkpoint.info(name).shape(), HostTensors.floats(checkpoint, name)));
        }
        writer.write(file);
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> open(folder.toString(), null))
                .withMessageContaining("lacks").withMessageContaining(".weight");
    }
}
