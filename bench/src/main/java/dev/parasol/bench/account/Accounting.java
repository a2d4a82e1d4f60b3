package dev.parasol.bench.account;

import dev.parasol.bench.result.Ceilings;
import dev.parasol.weights.DecoderConfig;
import dev.parasol.weights.EncoderConfig;
import dev.parasol.weights.FrontendConfig;
import dev.parasol.weights.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The floating-point operations of a pass in fp16 and the bytes that its steps move, counted from the model's shape. Fused
 * steps count as one: an epilogue's residual is read and written by its product. Beside it stands the ideal: a layer that
 * keeps everything on chip but its weights, its input and its output. Immutable.
 *
 * <p>Operations of norms, convolutions and the front end are counted too, roughly; they are under two in a hundred.
 */
public final class Accounting {
    private static final double HALF = 2;
    private static final double FLOAT = 4;
    private static final String FRONT_END = "front end";
    private static final String ENCODER = "encoder";
    private static final String PREDICTOR = "predictor";
    private static final String DECODER = "decoder";
    private static final String OUTPUT = "output layer";
    /** Of a 512-point real transform, its power spectrum and sparse filters; for a frame. */
    private static final double FBANK_FLOPS = 30_000;
    private static final double FBANK_SHIFT = 160;
    private static final double NORM_FLOPS = 8;

    private final ModelConfig config;
    private final int vocabulary;
    private final double[] frames;
    private final double[] tokens;
    private final List<Work> steps = new ArrayList<>();

    /**
     * Counts a pass.
     *
     * @param vocabulary rows of the output layer
     * @param frames stacked frames of each utterance
     * @param tokens tokens of each utterance
     */
    public Accounting(ModelConfig config, int vocabulary, int[] frames, int[] tokens) {
        if (frames.length != tokens.length) {
            throw new IllegalArgumentException(frames.length + " utterances with frames, " + tokens.length + " with tokens");
        }
        this.config = config;
        this.vocabulary = vocabulary;
        this.frames = Arrays.stream(frames).asDoubleStream().toArray();
        this.tokens = Arrays.stream(tokens).asDoubleStream().toArray();
        frontEnd();
        encoder();
        predictor();
        decoder();
    }

    /** The steps in their order. */
    public List<Work> steps() {
        return List.copyOf(steps);
    }

    /** Floating-point operations of the whole pass. */
    public double flops() {
        return steps.stream().mapToDouble(Work::flops).sum();
    }

    /** Bytes that the steps move. */
    public double bytes() {
        return steps.stream().mapToDouble(Work::bytes).sum();
    }

    /** Bytes that must be moved when each layer keeps everything else on chip: weights once, and each layer's input and output. */
    public double idealBytes() {
        return idealByLayer().values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** The least microseconds of the pass as it is cut into steps: each step at the roofline. */
    public double stepFloorMicros(Ceilings ceilings) {
        return steps.stream().mapToDouble(step -> ceilings.floorMicros(step.flops(), step.bytes())).sum();
    }

    /** The least microseconds of the pass whatever its steps: all of its operations, or its ideal bytes. */
    public double floorMicros(Ceilings ceilings) {
        return ceilings.floorMicros(flops(), idealBytes());
    }

    /** Steps joined by layer: {@code encoder.encoders.1} stands for each of its like. */
    public Map<String, Work> byLayer() {
        Map<String, Work> layers = new LinkedHashMap<>();
        for (Work step : steps) {
            layers.merge(step.layer(), new Work(step.layer(), "all", step.flops(), step.bytes(), step.weightBytes()),
                    (a, b) -> new Work(a.layer(), "all", a.flops() + b.flops(), a.bytes() + b.bytes(), a.weightBytes() + b.weightBytes()));
        }
        return layers;
    }

    /** What {@link #idealBytes} is the sum of. */
    public Map<String, Double> idealByLayer() {
        double d = config.encoder().outputSize();
        double r = sum(frames);
        double n = sum(tokens);
        Map<String, Double> ideal = new LinkedHashMap<>();
        byLayer().forEach((layer, work) -> {
            double bytes = work.weightBytes();
            if (layer.startsWith(FRONT_END)) {
                bytes += FLOAT * (samples() + r * config.frontend().featureSize());
            } else if (layer.equals(ENCODER + " 0")) {
                bytes += FLOAT * r * (config.encoder().inputSize() + d);
            } else if (layer.startsWith(ENCODER)) {
                bytes += FLOAT * r * d * 2;
            } else if (layer.startsWith(PREDICTOR)) {
                bytes += FLOAT * (r + n) * d;
            } else if (layer.equals(OUTPUT)) {
                bytes += FLOAT * n * d + FLOAT * n;
            } else {
                bytes += FLOAT * n * d * 2 + (layer.equals(lastDecoder()) ? 0 : HALF * r * d);
            }
            ideal.put(layer, bytes);
        });
        return ideal;
    }

    private String lastDecoder() {
        return DECODER + " " + config.decoder().numBlocks();
    }

    private double samples() {
        return sum(frames) * config.frontend().lfrN() * FBANK_SHIFT;
    }

    private void frontEnd() {
        FrontendConfig f = config.frontend();
        double rows = sum(frames) * f.lfrN();
        step(FRONT_END, "fbank", rows * FBANK_FLOPS, FLOAT * (samples() + rows * f.mels()), 0);
        step(FRONT_END, "lfr_cmvn", 2 * sum(frames) * f.featureSize(), FLOAT * (rows * f.mels() + sum(frames) * f.featureSize()), 0);
    }

    private void encoder() {
        EncoderConfig e = config.encoder();
        double r = sum(frames);
        double d = e.outputSize();
        for (int layer = 0; layer < e.numBlocks(); layer++) {
            String name = ENCODER + " " + layer;
            double in = layer == 0 ? e.inputSize() : d;
            if (layer == 0) {
                step(name, "position encoding", 4 * r * in, 2 * FLOAT * r * in, 0);
            }
            norm(name, r, in, FLOAT, HALF);
            product(name, "qkv", r, 3 * d, in, HALF, 0);
            attention(name, frames, frames, d);
            product(name, "attention output", r, d, d, FLOAT, layer == 0 ? 0 : FLOAT);
            memoryAndNorm(name, r, d, HALF, e.kernelSize());
            product(name, "feed-forward 1", r, e.linearUnits(), d, HALF, 0);
            product(name, "feed-forward 2", r, d, e.linearUnits(), FLOAT, FLOAT);
        }
        norm(ENCODER + " " + (e.numBlocks() - 1), r, d, FLOAT, HALF + FLOAT);
    }

    private void predictor() {
        double r = sum(frames);
        double n = sum(tokens);
        double d = config.encoder().outputSize();
        double taps = config.predictor().kernelSize();
        step(PREDICTOR, "unfold", 0, HALF * r * d * (1 + taps), 0);
        product(PREDICTOR, "convolution", r, d, taps * d, FLOAT, 0);
        step(PREDICTOR, "weights, firing, embeddings", 2 * r * d * 2, FLOAT * (2 * r * d + n * d), 0);
    }

    private void decoder() {
        DecoderConfig c = config.decoder();
        double r = sum(frames);
        double n = sum(tokens);
        double d = config.encoder().outputSize();
        for (int layer = 0; layer <= c.numBlocks(); layer++) {
            String name = DECODER + " " + layer;
            norm(name, n, d, FLOAT, HALF);
            product(name, "feed-forward 1", n, c.linearUnits(), d, HALF, 0);
            norm(name, n, c.linearUnits(), HALF, HALF);
            product(name, "feed-forward 2", n, d, c.linearUnits(), FLOAT, 0);
            if (layer == c.numBlocks()) {
                break;
            }
            norm(name, n, d, FLOAT, FLOAT);
            memoryAndNorm(name, n, d, FLOAT, c.kernelSize());
            product(name, "q", n, d, d, HALF, 0);
            product(name, "k and v", r, 2 * d, d, HALF, 0);
            attention(name, tokens, frames, d);
            product(name, "attention output", n, d, d, FLOAT, FLOAT);
        }
        norm(OUTPUT, n, d, FLOAT, HALF);
        step(OUTPUT, "product with argmax", 2 * n * vocabulary * d, HALF * n * d + FLOAT * n, HALF * vocabulary * d + FLOAT * vocabulary);
    }

    /** The input in, the residual stream in and out, its norm out. */
    private void memoryAndNorm(String layer, double rows, double width, double inBytes, double taps) {
        step(layer, "fsmn and norm", rows * width * (2 * (taps + 1) + NORM_FLOPS), rows * width * (inBytes + 2 * FLOAT + HALF), FLOAT * width * (taps + 2));
    }

    private void norm(String layer, double rows, double cols, double inBytes, double outBytes) {
        step(layer, "layer norm", NORM_FLOPS * rows * cols, rows * cols * (inBytes + outBytes), 2 * FLOAT * cols);
    }

    private void product(String layer, String name, double m, double n, double k, double outBytes, double residualBytes) {
        step(layer, name, 2 * m * n * k, HALF * m * k + (outBytes + residualBytes) * m * n, HALF * n * k + FLOAT * n);
    }

    private void attention(String layer, double[] queries, double[] keys, double d) {
        double flops = 0;
        for (int b = 0; b < queries.length; b++) {
            flops += attentionFlops(queries[b], keys[b], d);
        }
        step(layer, "attention", flops, HALF * d * (2 * sum(queries) + 2 * sum(keys)), 0);
    }

    /** Of the two products of an utterance's attention over all heads. */
    public static double attentionFlops(double queries, double keys, double width) {
        return 4 * queries * keys * width;
    }

    private void step(String layer, String operation, double flops, double activationBytes, double weightBytes) {
        steps.add(Work.of(layer, operation, flops, activationBytes, weightBytes));
    }

    private static double sum(double[] values) {
        return Arrays.stream(values).sum();
    }
}
