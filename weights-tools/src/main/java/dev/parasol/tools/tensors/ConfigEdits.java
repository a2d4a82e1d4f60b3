package dev.parasol.tools.tensors;

import dev.parasol.files.Shown;
import dev.parasol.weights.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;

/** Changes numbers in a {@code config.yaml}; keys keep their order, comments are lost. */
public final class ConfigEdits {
    private ConfigEdits() {}

    /**
     * Sets keys of sections in the file.
     *
     * @param sections values by key by section, such as {@code encoder_conf: {num_blocks: 12}}
     * @throws ModelException when the file is not YAML or lacks a section
     */
    @SuppressWarnings("unchecked")
    public static void apply(Path file, Map<String, Map<String, Integer>> sections) throws IOException {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setAllowUnicode(true);
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()), new Representer(options), options);
        try {
            Map<String, Object> root = (Map<String, Object>) yaml.load(Files.readString(file));
            sections.forEach((section, values) -> {
                if (root == null || !(root.get(section) instanceof Map)) {
                    throw new ModelException(file + " has no section " + section);
                }
                ((Map<String, Object>) root.get(section)).putAll(values);
            });
            Files.writeString(file, yaml.dump(root));
        } catch (YAMLException | ClassCastException e) {
            throw new ModelException(file + " cannot be changed: " + Shown.of(e.getMessage(), 200), e);
        }
    }
}
