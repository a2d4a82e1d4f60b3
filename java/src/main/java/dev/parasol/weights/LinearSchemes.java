package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import dev.parasol.files.Shown;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which scheme each linear layer of a model has. Names are those of the layers in the checkpoint without {@code .weight}, such as
 * {@code encoder.encoders.3.feed_forward.w_1}. What cannot be quantized (CIF, the output layer) is {@link LinearScheme#FP16} whatever is asked. Immutable.
 */
public final class LinearSchemes {
    private final String title;
    private final DataType matrixType;
    private final LinearScheme rest;
    private final Map<String, LinearScheme> rules;
    private final Map<Glob, LinearScheme> patterns = new LinkedHashMap<>();
    /** Whether the checkpoint has these schemes, weights and scales. */
    private final boolean stored;

    private LinearSchemes(String title, DataType matrixType, LinearScheme rest, Map<String, LinearScheme> rules, boolean stored) {
        this.title = Objects.requireNonNull(title);
        this.matrixType = matrixType;
        this.rest = rest;
        this.rules = new LinkedHashMap<>(rules);
        this.stored = stored;
        rules.forEach((name, scheme) -> {
            if (pattern(name)) {
                patterns.put(new Glob(name), scheme);
            }
        });
    }

    /** Nothing is quantized. @param matrixType F32 or F16 */
    public static LinearSchemes unquantized(DataType matrixType) {
        return new LinearSchemes(matrixType == DataType.F32 ? "fp32" : "fp16", matrixType, LinearScheme.FP16, Map.of(), false);
    }

    /** Every linear layer that can be has that scheme; {@code title} is what users call that. */
    public static LinearSchemes uniform(String title, LinearScheme scheme) {
        return new LinearSchemes(title, DataType.F16, scheme, Map.of(), false);
    }

    /**
     * Schemes by layer.
     *
     * @param rules names, or patterns with {@code *} and {@code ?}; a name counts before a pattern, an earlier pattern before a later one
     * @param rest the scheme of every other layer
     */
    public static LinearSchemes mixed(String title, Map<String, LinearScheme> rules, LinearScheme rest) {
        return new LinearSchemes(title, DataType.F16, rest, rules, false);
    }

    /** Reads a file such as {@code {"layers": {"encoder.*.w_1": "int8-dynamic"}, "default": "fp16"}}; {@link ModelException} when it is none. */
    public static LinearSchemes read(Path file) {
        return SchemesReader.mixed("mixed:" + file, file.toString(), SmallFile.read(file, SchemesReader.MAX_BYTES));
    }

    /** The schemes that a checkpoint says it was written with. */
    static LinearSchemes stored(Map<String, LinearScheme> layers) {
        LinearSchemes schemes = new LinearSchemes("", DataType.F16, LinearScheme.FP16, layers, true);
        return new LinearSchemes(schemes.kind(), DataType.F16, LinearScheme.FP16, layers, true);
    }

    /** A checkpoint names its layers, each of them. */
    private boolean pattern(String name) {
        return !stored && Glob.isPattern(name);
    }

    /** The scheme of a linear layer. */
    public LinearScheme of(String linear) {
        if (!ModelTensors.quantizable(linear)) {
            return LinearScheme.FP16;
        }
        LinearScheme named = rules.get(linear);
        return named != null ? named : patterns.entrySet().stream().filter(p -> p.getKey().matches(linear)).map(Map.Entry::getValue).findFirst().orElse(rest);
    }

    /** The type of the matrices that are not quantized, and of what they are multiplied with: F32 or F16. */
    public DataType matrixType() {
        return matrixType;
    }

    /** What users call it: {@code fp16}, {@code int8}, {@code mixed:FILE} … */
    public String title() {
        return title;
    }

    /** Whether the checkpoint is quantized itself, and not while it is loaded. */
    public boolean stored() {
        return stored;
    }

    /** Whether any layer may be quantized. */
    public boolean quantized() {
        return rest.quantized() || rules.values().stream().anyMatch(LinearScheme::quantized);
    }

    /** {@code fp32}, {@code fp16}, {@code int8-weights}, or {@code int8} as soon as any activation is quantized. */
    private String kind() {
        if (rest.quantizesActivations() || rules.values().stream().anyMatch(LinearScheme::quantizesActivations)) {
            return "int8";
        }
        return quantized() ? "int8-weights" : matrixType == DataType.F32 ? "fp32" : "fp16";
    }

    /**
     * These schemes for a checkpoint that is not quantized.
     *
     * @throws ModelException when a rule means no layer of the model, or needs scales that only a quantized checkpoint has
     */
    LinearSchemes whileLoading(String source, ModelConfig config) {
        checkRules(title, config);
        if (rest == LinearScheme.INT8_STATIC || rules.containsValue(LinearScheme.INT8_STATIC)) {
            throw new ModelException(title + ": " + LinearScheme.INT8_STATIC.text() + " needs calibrated scales, which " + source
                    + " does not have; quantize the model with calibration audio first, or use " + LinearScheme.INT8_DYNAMIC.text());
        }
        return this;
    }

    /** These schemes, which {@code source} says it has, where a user asked for {@code wanted} or, null, for nothing. */
    LinearSchemes asStored(String source, ModelConfig config, LinearSchemes wanted) {
        checkRules(source, config);
        if (wanted != null && !wanted.title.equals(title)) {
            throw new ModelException(source + " is quantized as " + title + ", but " + wanted.title + " was asked for");
        }
        return this;
    }

    private void checkRules(String source, ModelConfig config) {
        Set<String> linears = new LinkedHashSet<>(ModelTensors.linears(config));
        for (String name : rules.keySet()) {
            if (pattern(name) ? linears.stream().noneMatch(new Glob(name)::matches) : !linears.contains(name)) {
                throw new ModelException(source + ": '" + Shown.of(name) + "' is no linear layer of the model that can be quantized");
            }
        }
    }

    @Override
    public String toString() {
        return title + " " + rules.entrySet().stream().map(rule -> rule.getKey() + "=" + rule.getValue().text()).collect(Collectors.joining(", ", "{", "}"));
    }
}
