package dev.parasol.weights;

/** Reads the {@code config.yaml} of FunASR's {@code FsmnVADStreaming}. Where a key is missing the default of FunASR's class holds. */
final class VadConfigReader {
    private static final int MAX_WIDTH = 1 << 14;
    private static final int MAX_LAYERS = 100;
    private static final int MAX_TAPS = 32;
    private static final int DAY_MS = 86_400_000;
    private static final double MAX_DECIBEL = 1000;

    private final ConfigSection root;

    private VadConfigReader(ConfigSection root) {
        this.root = root;
    }

    /** The configuration in {@code root}, the top mapping of a file. */
    static VadConfig read(ConfigSection root) {
        return new VadConfigReader(root).config();
    }

    private VadConfig config() {
        root.choice("model", null, "FsmnVADStreaming");
        FrontendConfig frontend = frontend();
        root.choice("encoder", null, "FSMN");
        ConfigSection c = root.section("encoder_conf");
        c.requiredInteger("input_dim", frontend.featureSize(), frontend.featureSize());
        c.integer("rorder", 0, 0, 0);
        c.integer("lstride", 1, 1, 1);
        c.requireFlag("use_softmax", true);
        int classes = c.requiredInteger("output_dim", 2, MAX_WIDTH);
        return new VadConfig(frontend, c.requiredInteger("input_affine_dim", 1, MAX_WIDTH), c.requiredInteger("fsmn_layers", 1, MAX_LAYERS),
                c.requiredInteger("linear_dim", 1, MAX_WIDTH), projection(c), c.requiredInteger("lorder", 2, MAX_TAPS),
                c.requiredInteger("output_affine_dim", 1, MAX_WIDTH), classes, silence(classes), endpoint());
    }

    /** Memories are read by matrix products as they are, without padding. */
    private static int projection(ConfigSection c) {
        int width = c.requiredInteger("proj_dim", WeightSpec.PAD, MAX_WIDTH);
        if (width % WeightSpec.PAD != 0) {
            throw c.unsupported("proj_dim", width, "a multiple of " + WeightSpec.PAD);
        }
        return width;
    }

    private FrontendConfig frontend() {
        root.choice("frontend", null, "WavFrontendOnline", "WavFrontend");
        ConfigSection c = root.section("frontend_conf");
        c.integer("fs", FrontendConfig.SAMPLE_RATE, FrontendConfig.SAMPLE_RATE, FrontendConfig.SAMPLE_RATE);
        c.choice("window", "hamming", "hamming");
        c.integer("frame_length", 25, 25, 25);
        c.integer("frame_shift", EndpointConfig.FRAME_MS, EndpointConfig.FRAME_MS, EndpointConfig.FRAME_MS);
        c.requireFlag("snip_edges", true);
        c.requireFlag("upsacle_samples", true);
        return new FrontendConfig(c.integer("n_mels", 80, 1, 128), c.integer("lfr_m", 1, 1, 64), c.integer("lfr_n", 1, 1, 1));
    }

    private int silence(int classes) {
        ConfigSection c = root.section("model_conf");
        c.integer("silence_pdf_num", 1, 1, 1);
        return c.single("sil_pdf_ids", 0, 0, classes - 1);
    }

    private EndpointConfig endpoint() {
        ConfigSection c = root.section("model_conf");
        c.integer("sample_rate", FrontendConfig.SAMPLE_RATE, FrontendConfig.SAMPLE_RATE, FrontendConfig.SAMPLE_RATE);
        c.integer("detect_mode", 1, 1, 1);
        c.integer("do_extend", 1, 1, 1);
        c.integer("frame_in_ms", EndpointConfig.FRAME_MS, EndpointConfig.FRAME_MS, EndpointConfig.FRAME_MS);
        c.integer("frame_length_ms", 25, 25, 25);
        c.real("fe_prior_thres", 1e-4, 0, Math.nextDown(1.0));
        return new EndpointConfig(milliseconds(c, "max_end_silence_time", 800), c.integer("window_size_ms", 200, EndpointConfig.FRAME_MS, 100_000),
                milliseconds(c, "sil_to_speech_time_thres", 150), milliseconds(c, "speech_to_sil_time_thres", 150),
                milliseconds(c, "lookback_time_start_point", 200), milliseconds(c, "lookahead_time_end_point", 100),
                milliseconds(c, "max_single_segment_time", 60_000), c.real("speech_noise_thres", 0.6, -1, 1), c.real("speech_2_noise_ratio", 1, 0, 100),
                c.real("decibel_thres", -100, -MAX_DECIBEL, MAX_DECIBEL), c.real("snr_thres", -100, -MAX_DECIBEL, MAX_DECIBEL),
                c.integer("noise_frame_num_used_for_snr", 100, 1, DAY_MS));
    }

    private static int milliseconds(ConfigSection c, String key, int fallback) {
        return c.integer(key, fallback, 0, DAY_MS);
    }
}
