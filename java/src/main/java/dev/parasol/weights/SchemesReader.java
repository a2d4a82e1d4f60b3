package dev.parasol.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.parasol.files.Shown;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads schemes by layer: the file that a user names, and the metadata of a quantized checkpoint. */
final class SchemesReader {
    static final int MAX_BYTES = 4 << 20;
    /** Every pattern is tried on every layer. */
    private static final int MOST_PATTERNS = 1000;
    private static final int VERSION = 1;
    private static final JsonMapper MAPPER = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private SchemesReader() {}

    /** {@code {"layers": {NAME OR PATTERN: SCHEME}, "default": SCHEME}}; either may be missing, the default is fp16. */
    static LinearSchemes mixed(String title, String source, String json) {
        JsonNode root = object(source, json);
        for (Iterator<String> keys = root.fieldNames(); keys.hasNext();) {
            String key = keys.next();
            if (!key.equals("layers") && !key.equals("default")) {
                throw new ModelException(source + " has the unknown key '" + Shown.of(key) + "', expected layers and default");
            }
        }
        LinearScheme rest = root.has("default") ? scheme(source, "default", root.get("default")) : LinearScheme.FP16;
        Map<String, LinearScheme> rules = layers(source, root);
        if (rules.keySet().stream().filter(Glob::isPattern).count() > MOST_PATTERNS) {
            throw new ModelException(source + " has more than " + MOST_PATTERNS + " patterns");
        }
        return LinearSchemes.mixed(title, rules, rest);
    }

    /** What {@link ModelFolder#QUANTIZATION} holds; only version and layers matter to loading. */
    static LinearSchemes stored(String source, String json) {
        String place = source + ": " + ModelFolder.QUANTIZATION + " in its metadata";
        if (json.length() > MAX_BYTES) {
            throw new ModelException(place + " takes " + json.length() + " characters, expected at most " + MAX_BYTES);
        }
        JsonNode root = object(place, json);
        JsonNode version = root.path("version");
        if (!version.isInt() || version.asInt() != VERSION) {
            throw new ModelException(place + " has the version " + (version.isMissingNode() ? "(none)" : Shown.of(version.toString())) + ", expected " + VERSION);
        }
        return LinearSchemes.stored(layers(place, root));
    }

    private static JsonNode object(String source, String json) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ModelException(source + " is not valid JSON: " + JsonErrors.reason(e), e);
        }
        if (!root.isObject()) {
            throw new ModelException(source + " is no JSON object");
        }
        return root;
    }

    private static Map<String, LinearScheme> layers(String source, JsonNode root) {
        Map<String, LinearScheme> rules = new LinkedHashMap<>();
        JsonNode layers = root.path("layers");
        if (!layers.isMissingNode() && !layers.isObject()) {
            throw new ModelException(source + ": layers is no JSON object");
        }
        layers.fields().forEachRemaining(layer -> rules.put(layer.getKey(), scheme(source, layer.getKey(), layer.getValue())));
        return rules;
    }

    private static LinearScheme scheme(String source, String name, JsonNode value) {
        try {
            return LinearScheme.parse(value.asText());
        } catch (ModelException e) {
            throw new ModelException(source + ": " + Shown.of(name) + ": " + e.getMessage(), e);
        }
    }
}
