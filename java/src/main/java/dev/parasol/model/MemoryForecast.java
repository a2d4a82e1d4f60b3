package dev.parasol.model;

import dev.parasol.memory.MemoryReport.Holder;
import dev.parasol.weights.Cmvn;
import dev.parasol.weights.Constant;
import dev.parasol.weights.DeviceWeights;
import dev.parasol.weights.Extras;
import dev.parasol.weights.KeptLayers;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelConfig;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.WeightSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The memory that a model and a batch will take, to the byte, known without loading the model and without a device: a
 * folder with a configuration and a list of tokens is enough. What the driver itself takes (context, kernels' code) is not
 * in it. Sizes are bytes. Immutable.
 */
public final class MemoryForecast {
    private final String model;
    private final LinearSchemes schemes;
    private final Optional<String> notice;
    private final List<Holder> weights;
    private final long weightBytes;
    private final long stagingBytes;
    private final long loadingPinnedBytes;
    private final BatchShape shape;
    private final ForwardPlan plan;

    private MemoryForecast(ModelFolder folder, LinearSchemes schemes, KeptLayers layers, List<WeightSpec> specs, List<Constant> tables,
            BatchShape shape, ForwardPlan plan) {
        this.model = folder.name();
        this.schemes = schemes;
        this.notice = layers.notice();
        this.weightBytes = DeviceWeights.bytes(specs, tables);
        this.weights = groups(specs, tables, weightBytes);
        this.stagingBytes = DeviceWeights.stagingBytes(specs, tables, folder.synthetic());
        this.loadingPinnedBytes = DeviceWeights.pinnedBytes(specs, tables, folder.synthetic());
        this.shape = shape;
        this.plan = plan;
    }

    /**
     * The memory of {@code folder} with the layers of {@code mask}, and of a batch.
     *
     * @throws dev.parasol.weights.ModelException when the folder or the mask cannot be used
     */
    public static MemoryForecast of(ModelFolder folder, LayerMask mask, Precision precision, BatchShape shape) {
        return of(folder, mask, precision.schemes(), shape);
    }

    /**
     * {@link #of(ModelFolder, LayerMask, Precision, BatchShape)} with a scheme for each linear layer.
     *
     * @param wanted null for those that the checkpoint has, fp16 where it is not quantized
     */
    public static MemoryForecast of(ModelFolder folder, LayerMask mask, LinearSchemes wanted, BatchShape shape) {
        return of(folder, mask, wanted, Extras.NONE, shape);
    }

    /** {@link #of(ModelFolder, LayerMask, LinearSchemes, BatchShape)} of a model that gives more than ids. */
    public static MemoryForecast of(ModelFolder folder, LayerMask mask, LinearSchemes wanted, Extras extras, BatchShape shape) {
        LinearSchemes schemes = folder.schemes(wanted);
        ModelConfig config = folder.config();
        KeptLayers layers = folder.keptLayers(mask);
        int vocabularySize = folder.vocabulary().size();
        List<WeightSpec> specs = ModelTensors.required(config, layers, vocabularySize, schemes, extras);
        // The size of the tables does not depend on what is in them.
        List<Constant> tables = Stream.concat(FrontEndTables.constants(config.frontend(), Cmvn.identity(config.frontend().featureSize())).stream(),
                HotwordTables.constants(extras.hotwords(), config.encoder().outputSize(), null).stream()).toList();
        ForwardPlan plan = ForwardPlan.of(config, layers, vocabularySize, schemes, extras, ForwardPlan.bucket(config, shape), false);
        return new MemoryForecast(folder, schemes, layers, specs, tables, shape, plan);
    }

    private static List<Holder> groups(List<WeightSpec> specs, List<Constant> tables, long total) {
        Map<String, Long> groups = new LinkedHashMap<>();
        tables.forEach(table -> groups.merge(table.name().startsWith("hotwords.") ? Part.HOTWORDS.title() : "front-end tables", table.bytes(), Long::sum));
        specs.forEach(spec -> groups.merge(part(spec.name()).title(), spec.bytes(), Long::sum));
        long content = groups.values().stream().mapToLong(Long::longValue).sum();
        groups.put("alignment", total - content);
        List<Holder> holders = new ArrayList<>();
        groups.forEach((name, bytes) -> holders.add(new Holder(name, bytes)));
        return List.copyOf(holders);
    }

    private static Part part(String weight) {
        if (weight.startsWith("decoder.output_layer.")) {
            return Part.OUTPUT;
        }
        if (ModelTensors.ofTimestampHead(weight)) {
            return Part.TIMESTAMPS;
        }
        if (ModelTensors.ofHotwords(weight)) {
            return Part.HOTWORDS;
        }
        return weight.startsWith("encoder.") ? Part.ENCODER : weight.startsWith("predictor.") ? Part.PREDICTOR : Part.DECODER;
    }

    /** The name that the model was opened by. */
    public String model() {
        return model;
    }

    /** The precision of the weights and of what they are multiplied with. */
    public LinearSchemes schemes() {
        return schemes;
    }

    /** Which layers are kept; empty when all are. */
    public Optional<String> notice() {
        return notice;
    }

    /** The weights by what they are for; the sum is {@link #weightBytes()}. */
    public List<Holder> weights() {
        return weights;
    }

    /** What region {@code weights} will hold. */
    public long weightBytes() {
        return weightBytes;
    }

    /** What the slab will hold. */
    public long slabBytes() {
        return plan.peakBytes();
    }

    /** What region {@code staging} holds while the model is loaded, and gives back before anything runs. */
    public long stagingBytes() {
        return stagingBytes;
    }

    /** Pinned host memory while the model is loaded. */
    public long loadingPinnedBytes() {
        return loadingPinnedBytes;
    }

    /** Pinned host memory for what goes up and comes down in a pass. */
    public long pinnedBytes() {
        return Uploader.PINNED_BYTES + InputOffsets.bytes(plan.shape().batch()) + plan.downloadBytes();
    }

    /** Weights and activations together. */
    public long totalBytes() {
        return weightBytes + slabBytes();
    }

    /** What is mapped for {@code bytes} of a region where memory comes in chunks of {@code granularity}. */
    public static long mapped(long bytes, long granularity) {
        return (bytes + granularity - 1) / granularity * granularity;
    }

    /** The most that is mapped at any moment: the weights with the staging memory, and then with the slab. */
    public long mostMapped(long granularity) {
        return mapped(weightBytes, granularity) + Math.max(mapped(stagingBytes, granularity), mapped(slabBytes(), granularity));
    }

    /** The batch that was asked about. */
    public BatchShape shape() {
        return shape;
    }

    /** The forward pass over the batch's bucket. */
    public ForwardPlan plan() {
        return plan;
    }

    /** For people: what this takes beside another, which gives the text alone. */
    public String moreThan(MemoryForecast text) {
        return new ForecastText(this).more(text);
    }

    /**
     * The forecast for people.
     *
     * @param byLayer whether the activations are told for every layer
     */
    public String toText(boolean byLayer) {
        return new ForecastText(this).text(byLayer);
    }
}
