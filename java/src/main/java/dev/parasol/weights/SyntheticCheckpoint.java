package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Random weights of any Paraformer, never stored anywhere: the device generates them while loading (see {@link DeviceWeights}),
 * and {@link #read} gives the same numbers to the last bit on the host. A tensor depends on the model's seed and the tensor's name.
 *
 * <p>Scaled so that the model behaves: signals keep a variance near 1 within a layer, what layers add to the residual stream shrinks
 * with their number, so that nothing overflows fp16, and CIF fires about five tokens a second.
 */
public final class SyntheticCheckpoint implements Checkpoint {
    private static final float BIAS_DEVIATION = 0.02f;
    private static final double TOKENS_PER_SECOND = 5;
    private static final double FRAME_SHIFT_SECONDS = 0.01;
    /** Of the logit of a CIF weight, per unit of its input: small, so that no seed makes firing erratic. */
    private static final double CIF_DEVIATION = 0.25;

    private final String source;
    private final ModelConfig config;
    private final long seed;
    private final Map<String, WeightSpec> specs = new LinkedHashMap<>();

    /** How to make a tensor: normally distributed numbers. */
    record Recipe(long seed, float mean, float deviation) {}

    /** @param extras what of the model there are tensors of beside those for the text */
    SyntheticCheckpoint(String source, ModelConfig config, int vocabularySize, Extras extras, long seed) {
        this.source = source;
        this.config = config;
        this.seed = seed;
        ModelTensors.required(config, KeptLayers.all(config), vocabularySize, LinearSchemes.unquantized(DataType.F32), extras).forEach(spec -> specs.put(spec.name(), spec));
    }

    Recipe recipe(String name) {
        WeightSpec spec = spec(name);
        long tensorSeed = seed * 0x9e3779b97f4a7c15L + fnv(name);
        if (name.equals("predictor.cif_output.bias")) {
            return new Recipe(tensorSeed, cifBias(), 0);
        }
        if (name.equals("predictor.cif_output.weight")) {
            return new Recipe(tensorSeed, 0, (float) (CIF_DEVIATION / Math.sqrt(spec.cols())));
        }
        if (name.contains("norm")) {
            return new Recipe(tensorSeed, name.endsWith(".weight") ? 1 : 0, 0);
        }
        if (spec.packing() == Packing.VECTOR) {
            return new Recipe(tensorSeed, 0, BIAS_DEVIATION);
        }
        long[] shape = spec.shape();
        double fanIn = (double) TensorInfo.count(shape) / shape[0];
        return new Recipe(tensorSeed, 0, (float) (residualScale(name) / Math.sqrt(fanIn)));
    }

    /** What a layer adds to the residual stream shrinks with the square root of the number of additions. */
    private double residualScale(String name) {
        if (!name.endsWith("linear_out.weight") && !name.endsWith("w_2.weight")) {
            return 1;
        }
        int layers = name.startsWith("encoder.") ? config.encoder().numBlocks() : config.decoder().numBlocks();
        return 1 / Math.sqrt(2.0 * layers);
    }

    /** The logit of the weight that a frame of {@code lfr_n} steps must have. */
    private float cifBias() {
        PredictorConfig p = config.predictor();
        double alpha = TOKENS_PER_SECOND * FRAME_SHIFT_SECONDS * config.frontend().lfrN();
        double sigmoid = Math.min((alpha + p.noiseThreshold()) / p.smoothFactor(), 0.99);
        return (float) Math.log(sigmoid / (1 - sigmoid));
    }

    /** FNV-1a over the characters. */
    private static long fnv(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(specs.keySet());
    }

    @Override
    public TensorInfo info(String name) {
        return new TensorInfo(name, DataType.F32, spec(name).shape());
    }

    @Override
    public void read(String name, long firstElement, ByteBuffer destination) {
        Recipe recipe = recipe(name);
        long count = destination.remaining() / Float.BYTES;
        if (firstElement < 0 || count > info(name).count() - firstElement) {
            throw new IllegalArgumentException("elements " + firstElement + " to " + (firstElement + count) + " of " + info(name));
        }
        ByteBuffer target = destination.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        for (long i = firstElement; i < firstElement + count; i++) {
            target.putFloat(RandomNumbers.normal(recipe.seed(), i, recipe.mean(), recipe.deviation()));
        }
        destination.position(target.position());
    }

    @Override
    public String source() {
        return source;
    }

    private WeightSpec spec(String name) {
        WeightSpec spec = specs.get(name);
        if (spec == null) {
            throw new ModelException(source + " has no tensor " + name);
        }
        return spec;
    }

    /** Holds nothing. */
    @Override
    public void close() {}
}
