package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.model.Precision;
import dev.parasol.model.StageRecorder;
import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model run with some of its layers. */
class KeepLayersTest {
    private static Recognizer open(Path model, Precision precision, String layers) {
        Recognizer.Builder builder = Recognizer.builder().model(model.toString()).precision(precision);
        return (layers == null ? builder : builder.keepLayers(layers)).build();
    }

    private static StageRecorder stages(Recognizer recognizer) {
        return recognizer.stages(Samples.speech(4));
    }

    /** The names of one stand for those of the other. */
    private static void assertSame(StageRecorder actual, StageRecorder expected, Map<String, String> names) {
        for (String name : expected.utterance(0).keySet()) {
            String ours = names.getOrDefault(name, name);
            assertThat(actual.stage(0, ours).floats()).as(ours).isEqualTo(expected.stage(0, name).floats());
            assertThat(actual.stage(0, ours).ids()).as(ours).isEqualTo(expected.stage(0, name).ids());
        }
        assertThat(actual.utterance(0)).hasSameSizeAs(expected.utterance(0));
    }

    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"FP32", "FP16"})
    void keepingAllLayersChangesNoBit(Precision precision) {
        Path model = Path.of(Samples.model());
        try (Recognizer whole = open(model, precision, null); Recognizer kept = open(model, precision, "0-5,d0-1")) {
            assertThat(kept.notices()).isEmpty();
            assertSame(stages(kept), stages(whole), Map.of());
            assertThat(kept.memoryReport().used()).isEqualTo(whole.memoryReport().used());
        }
    }

    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"FP32", "FP16"})
    void aMaskGivesWhatACutCheckpointGives(Precision precision, @TempDir Path folder) throws IOException {
        Path model = Path.of(Samples.model());
        int[] encoder = {0, 1, 3, 5};
        int[] decoder = {1};
        Map<String, String> stageNames = cut(model, encoder, decoder, folder);
        try (Recognizer masked = open(model, precision, "0-1,3,5,d1"); Recognizer cut = open(folder, precision, null)) {
            assertThat(masked.notices()).containsExactly("kept 4 of 6 encoder layers and 1 of 2 decoder layers");
            assertThat(cut.notices()).isEmpty();
            StageRecorder stages = stages(masked);
            assertThat(stages.utterance(0)).containsKeys("encoder.encoders.2.out", "encoder.encoders.4.out", "decoder.decoders.1.out")
                    .doesNotContainKeys("encoder.encoders.1.out", "encoder.encoders.3.out", "decoder.decoders.0.out");
            assertSame(stages, stages(cut), stageNames);
            assertThat(masked.memoryReport().used()).isEqualTo(cut.memoryReport().used());
            assertThat(masked.transcribe(Samples.speech(7)).tokens()).isEqualTo(cut.transcribe(Samples.speech(7)).tokens());
        }
    }

    /** The layers in the file's metadata, without a mask, are the mask. */
    @Test
    void aFolderThatSaysItsLayersIsRunWithThese(@TempDir Path folder) throws IOException {
        Path model = Path.of(Samples.model());
        SafetensorsWriter writer = new SafetensorsWriter().metadata(ModelFolder.KEEP_LAYERS, "0-1,3,5,d1");
        try (Checkpoint checkpoint = ModelFolder.open(model.toString()).openCheckpoint()) {
            for (String name : checkpoint.names()) {
                writer.add(name, checkpoint.info(name).shape(), HostTensors.floats(checkpoint, name));
            }
            writer.write(folder.resolve("model.safetensors"));
        }
        for (String file : new String[] {"config.yaml", "am.mvn", "tokens.json"}) {
            Files.copy(model.resolve(file), folder.resolve(file));
        }
        try (Recognizer masked = open(model, Precision.FP16, "0-1,3,5,d1"); Recognizer pruned = open(folder, Precision.FP16, null)) {
            assertThat(pruned.notices()).isEqualTo(masked.notices());
            assertSame(stages(pruned), stages(masked), Map.of());
            assertThat(pruned.memoryReport().used()).isEqualTo(masked.memoryReport().used());
        }
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> open(folder, Precision.FP16, "0-5"))
                .withMessageContaining("has no encoder layer 2, it was pruned to 0-1,3,5");
    }

    /** Writes a model with these layers alone, numbered anew; returns the old stages' names by the new. */
    private static Map<String, String> cut(Path model, int[] encoder, int[] decoder, Path folder) throws IOException {
        Map<String, String> newPrefixes = new LinkedHashMap<>();
        for (int i = 1; i < encoder.length; i++) {
            newPrefixes.put("encoder.encoders." + (encoder[i] - 1) + ".", "encoder.encoders." + (i - 1) + ".");
        }
        for (int i = 0; i < decoder.length; i++) {
            newPrefixes.put("decoder.decoders." + decoder[i] + ".", "decoder.decoders." + i + ".");
        }
        try (Checkpoint checkpoint = ModelFolder.open(model.toString()).openCheckpoint()) {
            SafetensorsWriter writer = new SafetensorsWriter();
            for (String name : checkpoint.names()) {
                String prefix = name.replaceFirst("^((?:encoder\\.encoders|decoder\\.decoders)\\.\\d+\\.)?.*", "$1");
                if (prefix.isEmpty() || newPrefixes.containsKey(prefix)) {
                    String renamed = newPrefixes.getOrDefault(prefix, "") + name.substring(prefix.length());
                    writer.add(renamed, checkpoint.info(name).shape(), HostTensors.floats(checkpoint, name));
                }
            }
            writer.write(folder.resolve("model.safetensors"));
        }
        String config = Files.readString(model.resolve("config.yaml"));
        String edited = config.replace("num_blocks: 6", "num_blocks: " + encoder.length).replace("num_blocks: 2", "num_blocks: " + decoder.length)
                .replace("att_layer_num: 2", "att_layer_num: " + decoder.length);
        Files.writeString(folder.resolve("config.yaml"), edited);
        for (String file : new String[] {"am.mvn", "tokens.json"}) {
            Files.copy(model.resolve(file), folder.resolve(file));
        }
        Map<String, String> stages = new LinkedHashMap<>();
        newPrefixes.forEach((old, renumbered) -> stages.put(renumbered + "out", old + "out"));
        return stages;
    }

    @Test
    void oneLayerLessStillUnderstandsMost() throws IOException {
        JsonNode expected = new ObjectMapper().readTree(Shared.path("audio/digits/funasr-digits-deep.json").toFile());
        List<Path> files = new ArrayList<>();
        expected.forEach(utterance -> files.add(Shared.path("audio/digits/" + utterance.get("file").asText())));
        try (Recognizer recognizer = open(Shared.path("models/digits-deep"), Precision.FP16, "0-8,10-13")) {
            assertThat(recognizer.notices()).containsExactly("kept 13 of 14 encoder layers");
            List<FileResult> results = recognizer.transcribe(files);
            int same = 0;
            for (int i = 0; i < files.size(); i++) {
                same += results.get(i).orThrow().text().equals(expected.get(i).get("text").asText()) ? 1 : 0;
            }
            System.out.println("digits-deep without encoder layer 9: " + same + " of " + files.size() + " texts as those of all layers");
            assertThat(same).isGreaterThanOrEqualTo(files.size() * 3 / 4);
        }
    }

    @Test
    void aMaskThatDoesNotSuitTheModelIsRefused() {
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> open(Path.of(Samples.model()), Precision.FP16, "0-6"))
                .withMessageContaining("no encoder layer 6, the model has 0 to 5");
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> open(Path.of(Samples.model()), Precision.FP16, "1-5"))
                .withMessageContaining("cannot be dropped");
    }
}
