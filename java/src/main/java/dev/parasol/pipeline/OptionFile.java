package dev.parasol.pipeline;

import dev.parasol.files.Shown;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.YamlFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Options in a YAML file with FunASR's keys, spelled with '_' or '-'. */
final class OptionFile {
    private static final int MOST_BYTES = 1 << 16;
    private static final String DETECTOR = "vad_kwargs";
    /** FunASR's settings that change nothing here. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("disable_pbar", "disable_log", "disable_update", "hub", "ncpu", "batch_size", "trust_remote_code", "cache", "log_level");

    private final Path path;
    private final TranscribeOptions.Builder options;

    OptionFile(Path path, TranscribeOptions.Builder options) {
        this.path = path;
        this.options = options;
    }

    void read() {
        Map<String, Object> root = YamlFile.read(path, MOST_BYTES);
        for (OptionName name : OptionName.values()) {
            take(root, "", name);
        }
        Object detector = root.get(DETECTOR);
        if (detector instanceof Map<?, ?> map) {
            Map<String, Object> nested = YamlFile.keys(path, DETECTOR + ".", map);
            for (OptionName name : OptionName.values()) {
                if (name.ofDetector()) {
                    take(nested, DETECTOR + ".", name);
                }
            }
            refuse(nested, DETECTOR + ".", true);
        } else if (detector != null) {
            throw wrong(DETECTOR, detector, "a mapping");
        }
        root.remove(DETECTOR);
        refuse(root, "", false);
    }

    /** Sets one option and takes it out of {@code values}. Of two names of one option the present one counts. */
    private void take(Map<String, Object> values, String section, OptionName name) {
        List<String> found = new ArrayList<>();
        Object value = null;
        for (String key : name.keys()) {
            if (values.get(key) != null) {
                value = found.isEmpty() ? values.get(key) : value;
                found.add(key);
            }
            values.remove(key);
        }
        if (found.size() > 1) {
            options.warn(path + ": " + found.get(1) + " is the older name of " + found.get(0) + ", which is used");
        }
        if (!found.isEmpty()) {
            set(section + found.get(0), name, value);
        }
    }

    private void set(String key, OptionName name, Object value) {
        try {
            switch (name) {
                case BATCH_SIZE -> options.batchSeconds(number(key, value));
                case THRESHOLD -> options.thresholdSeconds(number(key, value));
                case MERGE_VAD -> options.mergeVad(truth(key, value));
                case MERGE_LENGTH -> options.mergeSeconds(number(key, value));
                case MAX_SEGMENT -> options.maxSegmentMs(milliseconds(key, value));
                case MAX_END_SILENCE -> options.maxEndSilenceMs(milliseconds(key, value));
                case SPEAKERS -> options.speakers(whole(key, value, "a whole number"));
            }
        } catch (IllegalArgumentException e) {
            throw new ModelException(path + ": " + e.getMessage(), e);
        }
    }

    private void refuse(Map<String, Object> left, String section, boolean detector) {
        for (String key : new TreeSet<>(left.keySet())) {
            if (!WITHOUT_EFFECT.contains(key)) {
                throw new ModelException(path + ": there is no option " + section + Shown.of(key) + ", expected " + known(detector));
            }
            options.warn(path + ": " + section + Shown.of(key) + " has no effect here");
        }
    }

    private static String known(boolean detector) {
        List<String> keys = new ArrayList<>();
        for (OptionName name : OptionName.values()) {
            if (!detector || name.ofDetector()) {
                keys.addAll(name.keys());
            }
        }
        if (!detector) {
            keys.add(DETECTOR);
        }
        return String.join(", ", keys);
    }

    private double number(String key, Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(key, value, "a number");
    }

    private int milliseconds(String key, Object value) {
        return whole(key, value, "a whole number of milliseconds");
    }

    private int whole(String key, Object value, String expected) {
        double number = number(key, value);
        if (Double.isNaN(number) || number != Math.rint(number)) {
            throw wrong(key, value, expected);
        }
        return (int) number;
    }

    private boolean truth(String key, Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, value, "true or false");
    }

    private ModelException wrong(String key, Object value, String expected) {
        String found = value instanceof Map ? "a mapping" : value instanceof Iterable ? "a list" : Shown.of(String.valueOf(value));
        return new ModelException(path + ": " + key + " is " + found + ", expected " + expected);
    }
}
