package dev.parasol.weights;

import dev.parasol.files.Shown;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A mapping of a configuration file with typed access; every complaint names the file, the full key, what was found and what was expected. */
final class ConfigSection {
    private final String file;
    private final String path;
    private final Map<?, ?> values;

    ConfigSection(String file, String path, Map<?, ?> values) {
        this.file = file;
        this.path = path;
        this.values = values;
    }

    /** All values by their keys. */
    Map<?, ?> values() {
        return values;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** The nested mapping {@code key}; empty where it is missing or null. */
    ConfigSection section(String key) {
        Object value = values.get(key);
        if (value == null) {
            return new ConfigSection(file, path + key + ".", new LinkedHashMap<>());
        }
        if (value instanceof Map<?, ?> map) {
            return new ConfigSection(file, path + key + ".", map);
        }
        throw wrong(key, value, "a mapping");
    }

    /** The text {@code key}; {@code fallback} where it is missing or null. */
    String text(String key, String fallback) {
        Object value = values.get(key);
        if (value == null) {
            return fallback;
        }
        if (value instanceof String text) {
            return text;
        }
        throw wrong(key, value, "text");
    }

    /** The text {@code key}, which must be one of {@code known} in any case; the known spelling is returned. */
    String choice(String key, String fallback, String... known) {
        String value = text(key, fallback);
        if (value == null) {
            throw new ModelException(file + ": " + path + key + " is missing, expected " + orList(known));
        }
        for (String name : known) {
            if (name.equalsIgnoreCase(value)) {
                return name;
            }
        }
        throw unsupported(key, value, orList(known));
    }

    /** The whole number {@code key} in {@code least} … {@code most}; {@code fallback} where it is missing or null. */
    int integer(String key, int fallback, int least, int most) {
        Object value = values.get(key);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue())
                && number.doubleValue() >= least && number.doubleValue() <= most) {
            return number.intValue();
        }
        throw unsupported(key, value, least == most ? Integer.toString(least) : "a whole number from " + least + " to " + most);
    }

    /** The only element of the list {@code key}, a whole number in {@code least} … {@code most}; {@code fallback} where the list is missing or null. */
    int single(String key, int fallback, int least, int most) {
        Object value = values.get(key);
        if (value == null) {
            return fallback;
        }
        if (value instanceof List<?> list && list.size() == 1) {
            return new ConfigSection(file, path, Collections.singletonMap(key, list.get(0))).requiredInteger(key, least, most);
        }
        throw wrong(key, value, "a list of one number");
    }

    /** Like {@link #integer}, of a key that must be there. */
    int requiredInteger(String key, int least, int most) {
        if (values.get(key) == null) {
            throw new ModelException(file + ": " + path + key + " is missing, expected a whole number from " + least + " to " + most);
        }
        return integer(key, least, least, most);
    }

    /** The number {@code key} in {@code least} … {@code most}; {@code fallback} where it is missing or null. */
    float number(String key, float fallback, float least, float most) {
        return number(key, least, most, Float.toString(least), Float.toString(most)).map(Number::floatValue).orElse(fallback);
    }

    /** Like {@link #number}, in double precision. */
    double real(String key, double fallback, double least, double most) {
        return number(key, least, most, Double.toString(least), Double.toString(most)).map(Number::doubleValue).orElse(fallback);
    }

    private Optional<Number> number(String key, double least, double most, String from, String to) {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Number number && number.doubleValue() >= least && number.doubleValue() <= most) {
            return Optional.of(number);
        }
        throw unsupported(key, value, least == most ? from : "a number from " + from + " to " + to);
    }

    /** The list {@code key} of {@code least} … {@code most} texts, each of at most {@code longest} characters; it must be there. */
    List<String> texts(String key, int least, int most, int longest) {
        Object value = values.get(key);
        if (!(value instanceof List<?> list) || list.size() < least || list.size() > most) {
            String found = value == null ? "missing" : value instanceof List<?> other ? "a list of " + other.size() : describe(value);
            throw new ModelException(file + ": " + path + key + " is " + found + ", expected a list of " + least + " to " + most + " texts");
        }
        List<String> texts = new ArrayList<>();
        for (Object item : list) {
            if (!(item instanceof String text) || text.isEmpty() || text.length() > longest) {
                throw new ModelException(file + ": " + path + key + "[" + texts.size() + "] is " + describe(item) + ", expected text of 1 to "
                        + longest + " characters");
            }
            texts.add(text);
        }
        return texts;
    }

    /** Refuses a truth value other than the one supported; a missing or null one is taken as supported. */
    void requireFlag(String key, boolean supported) {
        Object value = values.get(key);
        if (value != null && !value.equals(supported)) {
            throw unsupported(key, value, Boolean.toString(supported));
        }
    }

    /** Refuses a key that has a value other than null or an empty collection. */
    void requireUnset(String key) {
        Object value = values.get(key);
        boolean empty = value == null || value instanceof Map<?, ?> map && map.isEmpty() || value instanceof Iterable<?> list && !list.iterator().hasNext();
        if (!empty) {
            throw unsupported(key, value, "nothing");
        }
    }

    ModelException unsupported(String key, Object found, String supported) {
        return new ModelException(file + ": " + path + key + " is " + describe(found) + ", which is not supported (supported: " + supported + ")");
    }

    private ModelException wrong(String key, Object found, String expected) {
        return new ModelException(file + ": " + path + key + " is " + describe(found) + ", expected " + expected);
    }

    /** Collections by kind only: a hostile file can nest them into one another. */
    private static String describe(Object value) {
        if (value instanceof Map) {
            return "a mapping";
        }
        if (value instanceof Iterable) {
            return "a list";
        }
        return Shown.of(String.valueOf(value));
    }

    private static String orList(String... known) {
        return String.join(", ", Arrays.asList(known));
    }
}
