package dev.parasol.weights;

import dev.parasol.files.Shown;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A small YAML file of settings, in memory and time that are bounded by its size; nothing in it is executed. See {@link PlainYaml}. */
public final class YamlFile {
    private YamlFile() {}

    /**
     * The mapping at the top of a file, with its keys in the spelling that has '_'; empty for an empty file.
     *
     * @throws ModelException when it cannot be read, is no YAML, or holds something else
     */
    public static Map<String, Object> read(Path path, int mostBytes) {
        String text = SmallFile.read(path, mostBytes);
        if (text.isBlank()) {
            return new LinkedHashMap<>();
        }
        return keys(path, "", ConfigReader.parse(path.toString(), text).values());
    }

    /**
     * The keys of a mapping of {@code path} as text, in the spelling that has '_'.
     *
     * @param section what stands before the keys in messages
     * @throws ModelException when one of them is there twice
     */
    public static Map<String, Object> keys(Path path, String section, Map<?, ?> values) {
        Map<String, Object> result = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            String name = String.valueOf(key).replace('-', '_');
            if (result.containsKey(name)) {
                throw new ModelException(path + ": " + section + Shown.of(name) + " is there twice");
            }
            result.put(name, value);
        });
        return result;
    }
}
