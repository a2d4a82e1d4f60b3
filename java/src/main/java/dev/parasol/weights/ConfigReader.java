package dev.parasol.weights;

import dev.parasol.files.Shown;
import dev.parasol.kernels.Lstm;
import java.util.Map;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads FunASR's {@code config.yaml}. Where a key is missing the default of FunASR's own classes holds. Keys that matter in
 * training only (dropout, losses, augmentation) are not looked at; dither is always 0 here, so that results can be repeated.
 */
final class ConfigReader {
    static final int MAX_BYTES = 1 << 20;
    private static final int MAX_WIDTH = 1 << 16;
    private static final int MAX_BLOCKS = 1000;
    private static final int MAX_TAPS = 32;

    private final ConfigSection root;
    private final String file;

    private ConfigReader(String file, ConfigSection root) {
        this.file = file;
        this.root = root;
    }

    /** The top mapping of a YAML text. See {@link PlainYaml}. */
    static ConfigSection parse(String file, String yaml) {
        Object value;
        try {
            value = PlainYaml.load(yaml, MAX_BYTES);
        } catch (YAMLException | IllegalArgumentException | ClassCastException | StringIndexOutOfBoundsException e) {
            // Beside its own exception SnakeYAML lets these escape on malformed scalars (numbers, dates, merge keys).
            throw new ModelException(file + " is not valid YAML: " + problem(e), e);
        }
        if (value instanceof Map<?, ?> map) {
            return new ConfigSection(file, "", map);
        }
        throw new ModelException(file + " holds no mapping at its top, expected key: value lines");
    }

    /** The configuration in {@code root}, the top mapping of {@code file}. */
    static ModelConfig read(String file, ConfigSection root) {
        return new ConfigReader(file, root).model();
    }

    /** The SANM encoder in {@code root}, which takes {@code inputSize} columns. */
    static EncoderConfig encoder(String file, ConfigSection root, int inputSize) {
        return new ConfigReader(file, root).encoder(inputSize);
    }

    private ModelConfig model() {
        String model = root.choice("model", null, "Paraformer", "BiCifParaformer", "SeacoParaformer");
        ConfigSection modelConf = root.section("model_conf");
        modelConf.integer("blank_id", Vocabulary.BLANK, Vocabulary.BLANK, Vocabulary.BLANK);
        modelConf.integer("sos", Vocabulary.START, Vocabulary.START, Vocabulary.START);
        modelConf.integer("eos", Vocabulary.END, Vocabulary.END, Vocabulary.END);
        FrontendConfig frontend = frontend();
        root.integer("input_size", frontend.featureSize(), frontend.featureSize(), frontend.featureSize());
        EncoderConfig encoder = encoder(frontend.featureSize());
        return new ModelConfig(model, encoder, predictor(encoder.outputSize()), decoder(encoder.outputSize()), frontend);
    }

    /** The timestamp head of the {@code CifPredictorV3} in {@code root}, for a model of that width. */
    static TimestampHead timestampHead(ConfigSection root, int width) {
        ConfigSection c = root.section("predictor_conf");
        if (width > Lstm.MAX_HIDDEN) {
            throw c.unsupported("idim", width, "with timestamps at most " + Lstm.MAX_HIDDEN);
        }
        c.requiredInteger("upsample_times", TimestampHead.UPSAMPLING, TimestampHead.UPSAMPLING);
        c.choice("upsample_type", "cnn", "cnn_blstm");
        if (!c.has("use_cif1_cnn")) {
            throw c.unsupported("use_cif1_cnn", "missing, which means true", "false");
        }
        c.requireFlag("use_cif1_cnn", false);
        return new TimestampHead(positive(c, "smooth_factor2"), c.number("noise_threshold2", 0, 0, 1));
    }

    private FrontendConfig frontend() {
        root.choice("frontend", null, "WavFrontend");
        ConfigSection c = root.section("frontend_conf");
        c.integer("fs", FrontendConfig.SAMPLE_RATE, FrontendConfig.SAMPLE_RATE, FrontendConfig.SAMPLE_RATE);
        c.choice("window", "hamming", "hamming");
        c.integer("frame_length", 25, 25, 25);
        c.integer("frame_shift", 10, 10, 10);
        c.requireFlag("snip_edges", true);
        c.requireFlag("upsacle_samples", true);
        c.integer("filter_length_min", -1, -1, -1);
        c.integer("filter_length_max", -1, -1, -1);
        return new FrontendConfig(c.integer("n_mels", 80, 1, 128), c.integer("lfr_m", 1, 1, 64), c.integer("lfr_n", 1, 1, 64));
    }

    private EncoderConfig encoder(int inputSize) {
        root.choice("encoder", null, "SANMEncoder");
        ConfigSection c = root.section("encoder_conf");
        c.integer("input_size", inputSize, inputSize, inputSize);
        c.choice("input_layer", "conv2d", "pe");
        c.choice("selfattention_layer_type", "sanm", "sanm");
        sanmCommon(c);
        if (inputSize % 2 != 0) {
            throw new ModelException(file + ": features have " + inputSize + " dimensions (n_mels * lfr_m), expected an even number for the position encoding");
        }
        int outputSize = c.integer("output_size", 256, 1, MAX_WIDTH);
        int kernelSize = c.integer("kernel_size", 11, 1, MAX_TAPS);
        return new EncoderConfig(inputSize, outputSize, heads(c, "encoder_conf", outputSize), c.integer("linear_units", 2048, 1, MAX_WIDTH),
                c.integer("num_blocks", 6, 1, MAX_BLOCKS), kernelSize, shift(c, kernelSize));
    }

    private DecoderConfig decoder(int width) {
        ConfigSection c = root.section("decoder_conf");
        c.requireFlag("use_output_layer", true);
        return decoder("decoder", c, width);
    }

    /** What the {@code SeacoParaformer} in {@code root} has for hotwords. */
    static SeacoConfig seaco(String file, ConfigSection root, int width, int vocabularySize) {
        ConfigSection model = root.section("model_conf");
        if (width > Lstm.MAX_HIDDEN) {
            throw model.unsupported("inner_dim", width, "with hotwords at most " + Lstm.MAX_HIDDEN);
        }
        model.requiredInteger("inner_dim", width, width);
        model.choice("bias_encoder_type", "lstm", "lstm");
        model.requireFlag("bias_encoder_bid", false);
        ConfigSection c = root.section("seaco_decoder_conf");
        if (!c.has("use_output_layer")) {
            throw c.unsupported("use_output_layer", "missing, which means true", "false");
        }
        c.requireFlag("use_output_layer", false);
        DecoderConfig decoder = new ConfigReader(file, root).decoder("seaco_decoder", c, width);
        return new SeacoConfig(decoder, model.integer("NO_BIAS", 8377, 0, vocabularySize - 1));
    }

    private DecoderConfig decoder(String name, ConfigSection c, int width) {
        root.choice(name, null, "ParaformerSANMDecoder");
        sanmCommon(c);
        int numBlocks = c.integer("num_blocks", 6, 1, MAX_BLOCKS);
        int attentionLayers = c.integer("att_layer_num", 6, 1, MAX_BLOCKS);
        if (numBlocks > attentionLayers) {
            throw c.unsupported("att_layer_num", attentionLayers, "num_blocks, " + numBlocks + ": layers without cross-attention are not");
        }
        int kernelSize = c.integer("kernel_size", 21, 1, MAX_TAPS);
        // FunASR makes att_layer_num layers with cross-attention, however small num_blocks is.
        return new DecoderConfig(heads(c, name + "_conf", width), c.integer("linear_units", 2048, 1, MAX_WIDTH), attentionLayers, kernelSize, shift(c, kernelSize));
    }

    private static void sanmCommon(ConfigSection c) {
        c.requireFlag("normalize_before", true);
        c.requireFlag("concat_after", false);
        c.requireUnset("interctc_layer_idx");
        c.requireUnset("lora_list");
    }

    private int heads(ConfigSection c, String section, int width) {
        int heads = c.integer("attention_heads", 4, 1, MAX_WIDTH);
        int headSize = width / heads;
        if (width % heads != 0 || headSize != 32 && headSize != 64 && headSize != 80 && headSize != 128) {
            throw new ModelException(file + ": " + section + ".attention_heads is " + heads + " at width " + width
                    + ", which is not supported (supported: heads of 32, 64, 80 or 128)");
        }
        return heads;
    }

    private static int shift(ConfigSection c, int kernelSize) {
        return c.integer("sanm_shfit", 0, 0, kernelSize - 1 - (kernelSize - 1) / 2);
    }

    private PredictorConfig predictor(int width) {
        boolean v3 = root.choice("predictor", null, "CifPredictorV2", "CifPredictorV3").equals("CifPredictorV3");
        ConfigSection c = root.section("predictor_conf");
        c.integer("idim", width, width, width);
        c.number("threshold", 1, 1, 1);
        return new PredictorConfig(v3, c.requiredInteger("l_order", 0, 16), c.requiredInteger("r_order", 0, 16),
                c.number("tail_threshold", 0, 0, 1), positive(c, "smooth_factor"), c.number("noise_threshold", 0, 0, 1));
    }

    /** At most 1, so that a frame never fires twice. */
    private static float positive(ConfigSection c, String key) {
        return c.number(key, 1, Float.MIN_NORMAL, 1);
    }

    private static String problem(RuntimeException e) {
        if (e instanceof MarkedYAMLException marked && marked.getProblem() != null && marked.getProblemMark() != null) {
            return shorten(marked.getProblem()) + " (line " + (marked.getProblemMark().getLine() + 1) + ")";
        }
        return shorten(String.valueOf(e.getMessage()));
    }

    private static String shorten(String text) {
        return Shown.of(text.lines().findFirst().orElse(""), 200);
    }
}
