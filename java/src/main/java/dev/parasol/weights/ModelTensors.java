package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The tensors that inference with a Paraformer needs, by FunASR's names, in the order of the forward pass. */
public final class ModelTensors {
    /** Of a quantized linear layer, what is behind its name: the scale of each output channel, and the calibrated scale of its input. */
    public static final String WEIGHT_SCALE = ".weight_scale";
    public static final String INPUT_SCALE = ".input_scale";

    private static final Pattern QUANTIZABLE = Pattern.compile("encoder\\.encoders0?\\.\\d+\\.(self_attn\\.linear_(q_k_v|out)|feed_forward\\.w_[12])"
            + "|decoder\\.decoders3?\\.\\d+\\.(src_attn\\.linear_(q|k_v|out)|feed_forward\\.w_[12])");

    private static final List<String> TIMESTAMP_HEAD = List.of("predictor.upsample_cnn.", "predictor.blstm.", "predictor.cif_output2.");

    private static final List<String> HOTWORDS = List.of("bias_encoder.", "seaco_decoder.", "hotword_output_layer.");

    private final List<WeightSpec> specs = new ArrayList<>();
    private final ModelConfig config;
    private final KeptLayers layers;
    private final LinearSchemes schemes;
    private final DataType matrixType;

    private ModelTensors(ModelConfig config, KeptLayers layers, LinearSchemes schemes) {
        this.config = config;
        this.layers = layers;
        this.schemes = schemes;
        this.matrixType = schemes.matrixType();
    }

    /** Whether a linear layer, by its name without {@code .weight}, can be other than {@link LinearScheme#FP16}. */
    public static boolean quantizable(String linear) {
        return QUANTIZABLE.matcher(linear).matches();
    }

    /** The linear layers of a model that can be quantized, in the order of the forward pass. */
    public static List<String> linears(ModelConfig config) {
        return required(config, 1, DataType.F32).stream().map(WeightSpec::name).filter(name -> name.endsWith(".weight"))
                .map(name -> name.substring(0, name.length() - ".weight".length())).filter(ModelTensors::quantizable).toList();
    }

    /** {@link #required(ModelConfig, KeptLayers, int, DataType)} with every layer. */
    public static List<WeightSpec> required(ModelConfig config, int vocabularySize, DataType matrixType) {
        return required(config, KeptLayers.all(config), vocabularySize, matrixType);
    }

    /**
     * The weights of {@code config} on the device.
     *
     * @param layers the layers that are run; no tensor of another is among the weights
     * @param vocabularySize rows of the output layer
     * @param matrixType F16 or F32, the type of the matrices; vectors and depthwise filters are fp32 always
     */
    public static List<WeightSpec> required(ModelConfig config, KeptLayers layers, int vocabularySize, DataType matrixType) {
        return required(config, layers, vocabularySize, LinearSchemes.unquantized(matrixType));
    }

    /** {@link #required(ModelConfig, KeptLayers, int, DataType)} with quantized linear layers, which have their scales behind them. */
    public static List<WeightSpec> required(ModelConfig config, KeptLayers layers, int vocabularySize, LinearSchemes schemes) {
        return required(config, layers, vocabularySize, schemes, Extras.NONE);
    }

    /** {@link #required(ModelConfig, KeptLayers, int, LinearSchemes)} with the parts that {@code extras} take, which are not quantized. */
    public static List<WeightSpec> required(ModelConfig config, KeptLayers layers, int vocabularySize, LinearSchemes schemes, Extras extras) {
        ModelTensors tensors = new ModelTensors(config, layers, schemes);
        tensors.encoder(config.encoder(), layers.encoder());
        tensors.predictor();
        if (extras.head() != null) {
            tensors.timestampHead();
        }
        if (extras.hotwords() != null) {
            tensors.hotwords(extras.hotwords().config(), vocabularySize);
        }
        tensors.decoder(vocabularySize);
        return List.copyOf(tensors.specs);
    }

    /** The weights of a punctuation model on the device; the embedding is not among them. */
    public static List<WeightSpec> punctuation(PunctuationConfig config, DataType matrixType) {
        ModelTensors tensors = new ModelTensors(null, null, LinearSchemes.unquantized(matrixType));
        tensors.encoder(config.encoder(), IntStream.range(0, config.encoder().numBlocks()).toArray());
        tensors.output("decoder", config.marks().size(), config.encoder().outputSize());
        return List.copyOf(tensors.specs);
    }

    private void encoder(EncoderConfig e, int[] kept) {
        long d = e.outputSize();
        for (int layer : kept) {
            String prefix = encoderLayer(layer);
            long in = layer == 0 ? e.inputSize() : d;
            norm(prefix + "norm1", in);
            linear(prefix + "self_attn.linear_q_k_v", 3 * d, in, true);
            depthwise(prefix + "self_attn.fsmn_block.weight", d, e.kernelSize());
            linear(prefix + "self_attn.linear_out", d, d, true);
            norm(prefix + "norm2", d);
            linear(prefix + "feed_forward.w_1", e.linearUnits(), d, true);
            linear(prefix + "feed_forward.w_2", d, e.linearUnits(), true);
        }
        norm("encoder.after_norm", d);
    }

    private void predictor() {
        long d = config.encoder().outputSize();
        specs.add(new WeightSpec("predictor.cif_conv1d.weight", new long[] {d, d, config.predictor().kernelSize()}, Packing.CONV, matrixType));
        vector("predictor.cif_conv1d.bias", d);
        vector("predictor.cif_output.weight", 1, d);
        vector("predictor.cif_output.bias", 1);
    }

    /** Whether a tensor belongs to the timestamp head. */
    public static boolean ofTimestampHead(String tensor) {
        return TIMESTAMP_HEAD.stream().anyMatch(tensor::startsWith);
    }

    private void timestampHead() {
        long d = config.encoder().outputSize();
        specs.add(new WeightSpec("predictor.upsample_cnn.weight", new long[] {d, d, TimestampHead.UPSAMPLING}, Packing.TRANSPOSED, matrixType));
        vector("predictor.upsample_cnn.bias", d);
        lstm("predictor.blstm.", "_l0", d);
        lstm("predictor.blstm.", "_l0_reverse", d);
        vector("predictor.cif_output2.weight", 1, 2 * d);
        vector("predictor.cif_output2.bias", 1);
    }

    private void hotwords(SeacoConfig seaco, int vocabularySize) {
        long d = config.encoder().outputSize();
        for (int layer = 0; layer < SeacoConfig.LSTM_LAYERS; layer++) {
            lstm("bias_encoder.", "_l" + layer, d);
        }
        decoder("seaco_decoder.", seaco.decoder(), IntStream.range(0, seaco.decoder().numBlocks()).toArray());
        output("hotword_output_layer", vocabularySize, d);
    }

    /** Whether a tensor belongs to what hotwords need. */
    public static boolean ofHotwords(String tensor) {
        return HOTWORDS.stream().anyMatch(tensor::startsWith);
    }

    /** A layer and direction of an LSTM with as many inputs as hidden units. */
    private void lstm(String name, String layer, long size) {
        specs.add(new WeightSpec(name + "weight_ih" + layer, new long[] {4 * size, size}, Packing.ROWS, matrixType));
        specs.add(new WeightSpec(name + "weight_hh" + layer, new long[] {4 * size, size}, Packing.TRANSPOSED, matrixType));
        vector(name + "bias_ih" + layer, 4 * size);
        vector(name + "bias_hh" + layer, 4 * size);
    }

    private void decoder(int vocabularySize) {
        decoder("decoder.", config.decoder(), layers.decoder());
        output("decoder.output_layer", vocabularySize, config.encoder().outputSize());
    }

    /** A decoder without its output layer. */
    private void decoder(String name, DecoderConfig c, int[] kept) {
        long d = config.encoder().outputSize();
        for (int layer : kept) {
            String prefix = name + "decoders." + layer + ".";
            feedForward(prefix, d, c.linearUnits());
            norm(prefix + "norm2", d);
            depthwise(prefix + "self_attn.fsmn_block.weight", d, c.kernelSize());
            norm(prefix + "norm3", d);
            linear(prefix + "src_attn.linear_q", d, d, true);
            linear(prefix + "src_attn.linear_k_v", 2 * d, d, true);
            linear(prefix + "src_attn.linear_out", d, d, true);
        }
        feedForward(name + "decoders3.0.", d, c.linearUnits());
        norm(name + "after_norm", d);
    }

    /** Products with argmax read rows. */
    private void output(String name, long n, long k) {
        specs.add(new WeightSpec(name + ".weight", new long[] {n, k}, Packing.ROWS, matrixType));
        vector(name + ".bias", n);
    }

    private void feedForward(String prefix, long d, long units) {
        norm(prefix + "norm1", d);
        linear(prefix + "feed_forward.w_1", units, d, true);
        norm(prefix + "feed_forward.norm", units);
        linear(prefix + "feed_forward.w_2", d, units, false);
    }

    /** Prefix of the names of encoder layer {@code layer}, counted from 0 over both groups: {@code encoder.encoders0.0.}, {@code encoder.encoders.0.} … */
    public static String encoderLayer(int layer) {
        return layer == 0 ? "encoder.encoders0.0." : "encoder.encoders." + (layer - 1) + ".";
    }

    /** Prefix of the names of decoder layer {@code layer}: {@code decoder.decoders.0.} … */
    public static String decoderLayer(int layer) {
        return "decoder.decoders." + layer + ".";
    }

    private void linear(String name, long n, long k, boolean bias) {
        LinearScheme scheme = schemes.of(name);
        if (scheme.quantized()) {
            Packing packing = scheme == LinearScheme.INT8_WEIGHTS ? Packing.INT8_INTERLEAVED : Packing.INT8;
            specs.add(new WeightSpec(name + ".weight", new long[] {n, k}, packing, DataType.I8));
            vector(name + WEIGHT_SCALE, n);
            if (scheme == LinearScheme.INT8_STATIC) {
                vector(name + INPUT_SCALE, 1);
            }
        } else {
            specs.add(new WeightSpec(name + ".weight", new long[] {n, k}, Packing.MATRIX, matrixType));
        }
        if (bias) {
            vector(name + ".bias", n);
        }
    }

    private void norm(String name, long size) {
        vector(name + ".weight", size);
        vector(name + ".bias", size);
    }

    private void depthwise(String name, long channels, long taps) {
        specs.add(new WeightSpec(name, new long[] {channels, 1, taps}, Packing.DEPTHWISE, DataType.F32));
    }

    private void vector(String name, long... shape) {
        specs.add(new WeightSpec(name, shape, Packing.VECTOR, DataType.F32));
    }
}
