package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parasol.testing.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder whose checkpoint says which layers it holds. */
class PrunedFolderTest {
    /** The sample model as its folder with {@code layers} in the metadata, and their tensors and no others in the file. */
    static ModelFolder pruned(Path folder, String held, String metadata) throws IOException {
        Path sample = Path.of(Samples.model());
        ModelFolder source = ModelFolder.open(sample.toString());
        KeptLayers layers = KeptLayers.of(source.config(), LayerMask.parse(held));
        SafetensorsWriter writer = new SafetensorsWriter().metadata(ModelFolder.KEEP_LAYERS, metadata);
        try (Checkpoint checkpoint = source.openCheckpoint()) {
            for (String name : checkpoint.names()) {
                if (!layers.drops(name)) {
                    writer.add(name, checkpoint.info(name).shape(), HostTensors.floats(checkpoint, name));
                }
            }
            writer.write(folder.resolve("model.safetensors"));
        }
        for (String file : new String[] {"config.yaml", "am.mvn", "tokens.json"}) {
            Files.copy(sample.resolve(file), folder.resolve(file));
        }
        return ModelFolder.open(folder.toString());
    }

    @Test
    void layersComeFromTheMetadata(@TempDir Path folder) throws IOException {
        KeptLayers layers = pruned(folder, "0,2-4,d1", "0,2-4,d1").keptLayers(LayerMask.ALL);
        assertThat(layers.text()).isEqualTo("0,2-4,d1");
        assertThat(layers.notice()).hasValue("kept 4 of 6 encoder layers and 1 of 2 decoder layers");
    }

    @Test
    void aMaskNarrowsThemFurther(@TempDir Path folder) throws IOException {
        ModelFolder model = pruned(folder, "0,2-4,d1", "0,2-4,d1");
        assertThat(model.keptLayers(LayerMask.parse("0,3-4")).text()).isEqualTo("0,3-4,d1");
        assertThat(model.keptLayers(LayerMask.parse("d1")).text()).isEqualTo("0,2-4,d1");
    }

    @Test
    void aMaskOfLayersThatAreNotThereIsRefused(@TempDir Path folder) throws IOException {
        ModelFolder model = pruned(folder, "0,2-4,d1", "0,2-4,d1");
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> model.keptLayers(LayerMask.parse("0-4")))
                .withMessageContainingAll("model.safetensors has no encoder layer 1, it was pruned to 0,2-4");
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> model.keptLayers(LayerMask.parse("d0-1")))
                .withMessageContaining("has no decoder layer d0, it was pruned to d1");
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> model.keptLayers(LayerMask.parse("0,6")))
                .withMessageContaining("no encoder layer 6, the model has 0 to 5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0-9", "all", "2-1", "1-5"})
    void metadataThatSuitsNoModelIsRefused(String wrong, @TempDir Path folder) throws IOException {
        ModelFolder model = pruned(folder, "0-5", wrong);
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> model.keptLayers(LayerMask.ALL))
                .withMessageContainingAll("model.safetensors", ModelFolder.KEEP_LAYERS, "layers to keep");
    }

    @Test
    void anythingElseHoldsAllLayers() {
        assertThat(ModelFolder.open(Samples.model()).keptLayers(LayerMask.ALL).notice()).isEmpty();
        assertThat(ModelFolder.open("synth:paraformer-large").keptLayers(LayerMask.ALL).notice()).isEmpty();
    }
}
