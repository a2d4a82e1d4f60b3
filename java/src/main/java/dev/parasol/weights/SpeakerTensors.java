package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The tensors of a CAM++ as they lie on the device, each with the ones of the checkpoint that it is made of. A batch norm that follows a
 * product is folded into it, in double precision; one that goes before becomes a scale and a shift. Channels of the head come after
 * frequencies. All are fp32.
 */
public final class SpeakerTensors {
    /** Behind the name of a batch norm that nothing could take in: its factors. */
    public static final String SCALE = ".scale";
    /** Behind the name of a batch norm that nothing could take in: what it adds. */
    public static final String SHIFT = ".shift";

    /**
     * A tensor of the device.
     *
     * @param sources what it is made of, shapes as in the checkpoint
     * @param values makes it, in the order of the device, rows not padded
     */
    record Folded(WeightSpec spec, List<WeightSpec> sources, Function<Checkpoint, float[]> values) {}

    private final SpeakerConfig config;
    private final List<Folded> tensors = new ArrayList<>();

    private SpeakerTensors(SpeakerConfig config) {
        this.config = config;
    }

    /** The weights of {@code config} on the device, in the order of the forward pass. */
    public static List<WeightSpec> required(SpeakerConfig config) {
        return folded(config).stream().map(Folded::spec).toList();
    }

    static List<Folded> folded(SpeakerConfig config) {
        SpeakerTensors tensors = new SpeakerTensors(config);
        tensors.head();
        tensors.xvector();
        return List.copyOf(tensors.tensors);
    }

    /** Prefix of the names of a residual block of the head: {@code head.layer1.0.} …, both counted from 0. */
    public static String residual(int layer, int block) {
        return "head.layer" + (layer + 1) + "." + block + ".";
    }

    /** Prefix of the names of a block's layer: {@code xvector.block1.tdnnd1.} …, both counted from 0. */
    public static String layer(int block, int layer) {
        return "xvector.block" + (block + 1) + ".tdnnd" + (layer + 1) + ".";
    }

    /** Prefix of the names of what halves the channels behind a block. */
    public static String transit(int block) {
        return "xvector.transit" + (block + 1) + ".";
    }

    private void head() {
        convolution("head.conv1", "head.bn1", 1, 3);
        for (int layer = 0; layer < 2; layer++) {
            for (int block = 0; block < 2; block++) {
                String prefix = residual(layer, block);
                convolution(prefix + "conv1", prefix + "bn1", SpeakerConfig.HEAD_CHANNELS, 3);
                if (block == 0) {
                    convolution(prefix + "shortcut.0", prefix + "shortcut.1", SpeakerConfig.HEAD_CHANNELS, 1);
                }
                convolution(prefix + "conv2", prefix + "bn2", SpeakerConfig.HEAD_CHANNELS, 3);
            }
        }
        convolution("head.conv2", "head.bn2", SpeakerConfig.HEAD_CHANNELS, 3);
    }

    private void xvector() {
        tdnn();
        for (int block = 0; block < SpeakerConfig.BLOCKS.size(); block++) {
            for (int layer = 0; layer < SpeakerConfig.BLOCKS.get(block).layers(); layer++) {
                layer(layer(block, layer), config.blockInput(block) + layer * config.growthRate());
            }
            int channels = config.blockOutput(block);
            norm(transit(block) + "nonlinear.batchnorm", channels);
            matrix(transit(block) + "linear", channels / 2, channels, null);
        }
        norm("xvector.out_nonlinear.batchnorm", config.pooled());
        matrix("xvector.dense.linear", config.embeddingSize(), 2 * config.pooled(), new BatchNorm("xvector.dense.nonlinear.batchnorm", config.embeddingSize(), false));
    }

    private void layer(String prefix, int channels) {
        int bottleneck = config.bottleneck();
        int hidden = config.maskChannels();
        int growth = config.growthRate();
        norm(prefix + "nonlinear1.batchnorm", channels);
        matrix(prefix + "linear1", bottleneck, channels, new BatchNorm(prefix + "nonlinear2.batchnorm", bottleneck, true));
        time(prefix + "cam_layer.linear_local", growth, bottleneck, SpeakerConfig.TAPS, 1, null);
        time(prefix + "cam_layer.linear1", hidden, bottleneck, 1, 1, null);
        vector(prefix + "cam_layer.linear1.bias", hidden);
        time(prefix + "cam_layer.linear2", growth, hidden, 1, 1, null);
        vector(prefix + "cam_layer.linear2.bias", growth);
    }

    private void tdnn() {
        int frequencies = config.headFrequencies();
        time("xvector.tdnn.linear", config.initChannels(), SpeakerConfig.HEAD_CHANNELS * frequencies, SpeakerConfig.TDNN_TAPS, frequencies,
                new BatchNorm("xvector.tdnn.nonlinear.batchnorm", config.initChannels(), true));
    }

    /** A square convolution {@code [co, ci, frequency, time]} with its batch norm, as {@code [time, frequency, ci, co]} and a bias. */
    private void convolution(String name, String normName, int in, int taps) {
        int out = SpeakerConfig.HEAD_CHANNELS;
        BatchNorm norm = new BatchNorm(normName, out, true);
        WeightSpec source = vectorSpec(name + ".weight", out, in, taps, taps);
        add(vectorSpec(name + ".weight", taps, taps, in, out), norm.with(source), checkpoint -> {
            float[] from = HostTensors.floats(checkpoint, source.name());
            double[] scale = norm.scale(checkpoint);
            float[] to = new float[from.length];
            int at = 0;
            for (int t = 0; t < taps; t++) {
                for (int f = 0; f < taps; f++) {
                    for (int ci = 0; ci < in; ci++) {
                        for (int co = 0; co < out; co++) {
                            to[at++] = (float) (from[((co * in + ci) * taps + f) * taps + t] * scale[co]);
                        }
                    }
                }
            }
            return to;
        });
        bias(name, norm);
    }

    /**
     * A convolution over time {@code [co, ci, tap]} as {@code [tap, ci, co]}.
     *
     * @param frequencies of the input, which the checkpoint has behind channels and the device before them
     * @param norm the batch norm behind it, or null
     */
    private void time(String name, int out, int in, int taps, int frequencies, BatchNorm norm) {
        WeightSpec source = vectorSpec(name + ".weight", out, in, taps);
        int channels = in / frequencies;
        add(vectorSpec(name + ".weight", taps, in, out), norm == null ? List.of(source) : norm.with(source), checkpoint -> {
            float[] from = HostTensors.floats(checkpoint, source.name());
            double[] scale = norm == null ? null : norm.scale(checkpoint);
            float[] to = new float[from.length];
            int at = 0;
            for (int tap = 0; tap < taps; tap++) {
                for (int i = 0; i < in; i++) {
                    int ci = i % channels * frequencies + i / channels;
                    for (int co = 0; co < out; co++) {
                        float value = from[(co * in + ci) * taps + tap];
                        to[at++] = scale == null ? value : (float) (value * scale[co]);
                    }
                }
            }
            return to;
        });
        if (norm != null) {
            bias(name, norm);
        }
    }

    /** A linear layer {@code [n, k, 1]} with the batch norm behind it, if there is one. */
    private void matrix(String name, int n, int k, BatchNorm norm) {
        WeightSpec source = vectorSpec(name + ".weight", n, k, 1);
        WeightSpec spec = new WeightSpec(name + ".weight", new long[] {n, k}, Packing.MATRIX, DataType.F32);
        add(spec, norm == null ? List.of(source) : norm.with(source), checkpoint -> {
            float[] values = HostTensors.floats(checkpoint, source.name());
            if (norm != null) {
                double[] scale = norm.scale(checkpoint);
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (values[i] * scale[i / k]);
                }
            }
            return values;
        });
        if (norm != null) {
            bias(name, norm);
        }
    }

    private void bias(String name, BatchNorm norm) {
        add(vectorSpec(name + ".bias", norm.channels()), norm.with(null), norm::shift);
    }

    private void norm(String name, int channels) {
        BatchNorm norm = new BatchNorm(name, channels, true);
        add(vectorSpec(name + SCALE, channels), norm.with(null), checkpoint -> floats(norm.scale(checkpoint)));
        add(vectorSpec(name + SHIFT, channels), norm.with(null), norm::shift);
    }

    private void vector(String name, int count) {
        WeightSpec spec = vectorSpec(name, count);
        add(spec, List.of(spec), checkpoint -> HostTensors.floats(checkpoint, name));
    }

    private void add(WeightSpec spec, List<WeightSpec> sources, Function<Checkpoint, float[]> values) {
        tensors.add(new Folded(spec, sources, values));
    }

    private static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    static WeightSpec vectorSpec(String name, long... shape) {
        return new WeightSpec(name, shape, Packing.VECTOR, DataType.F32);
    }
}
