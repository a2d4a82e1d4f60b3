package dev.parasol.tools.prune;

import dev.parasol.tools.run.Layer;
import dev.parasol.tools.tensors.ConfigEdits;
import dev.parasol.tools.tensors.EditedCheckpoint;
import dev.parasol.tools.tensors.FolderWriter;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelConfig;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a pruned model as an ordinary folder: layers that stay are numbered anew without gaps, {@code config.yaml} says how many there
 * are, and {@code pruning.json} and the header of safetensors how it came about. FunASR reads it like any other.
 */
public final class PrunedFolder {
    /** Key in the header of safetensors. */
    public static final String METADATA = "parasol.pruning";

    private PrunedFolder() {}

    /**
     * Writes it.
     *
     * @param folder the whole model, of {@code source}
     * @param changed tensors by the names that they have in the whole model
     * @param linearUnits inner width of the encoder's feed-forward blocks
     * @param provenance JSON
     * @return bytes of the weights
     */
    public static long write(FolderWriter writer, ModelFolder folder, Path source, Collection<Layer> removed, Map<String, HostTensor> changed,
            boolean twoFour, int linearUnits, String provenance) throws IOException {
        ModelConfig config = folder.config();
        List<Layer> kept = Layer.kept(config, removed);
        Map<String, String> prefixes = new HashMap<>();
        int encoder = 0;
        int decoder = 0;
        for (Layer layer : kept) {
            prefixes.put(layer.prefix(), new Layer(layer.decoder(), layer.decoder() ? decoder++ : encoder++).prefix());
        }
        removed.forEach(layer -> prefixes.put(layer.prefix(), null));
        Map<String, Map<String, Integer>> sections = new TreeMap<>();
        sections.put("encoder_conf", Map.of("num_blocks", encoder, "linear_units", linearUnits));
        sections.put("decoder_conf", Map.of("num_blocks", decoder, "att_layer_num", decoder));
        try (Checkpoint whole = folder.openCheckpoint()) {
            Checkpoint renamed = new EditedCheckpoint(whole, name -> renamed(name, prefixes), changed, true);
            return writer.metadata(METADATA, provenance).write(aside -> {
                FolderWriter.copySmallFiles(source, aside);
                ConfigEdits.apply(aside.resolve("config.yaml"), sections);
                Files.writeString(aside.resolve("pruning.json"), provenance + "\n");
            }, twoFour ? new TwoFour(renamed) : renamed);
        }
    }

    private static String renamed(String name, Map<String, String> prefixes) {
        for (Map.Entry<String, String> prefix : prefixes.entrySet()) {
            if (name.startsWith(prefix.getKey())) {
                return prefix.getValue() == null ? null : prefix.getValue() + name.substring(prefix.getKey().length());
            }
        }
        return name;
    }
}
