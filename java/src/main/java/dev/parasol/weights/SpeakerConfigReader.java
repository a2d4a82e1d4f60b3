package dev.parasol.weights;

/** Reads the {@code config.yaml} of FunASR's {@code CAMPPlus}. Where a key is missing the default of FunASR's class holds. */
final class SpeakerConfigReader {
    private SpeakerConfigReader() {}

    /** The configuration in {@code root}, the top mapping of a file. */
    static SpeakerConfig read(ConfigSection root) {
        root.choice("model", null, "CAMPPlus");
        root.choice("frontend", "WavFrontend", "WavFrontend");
        root.section("frontend_conf").integer("fs", FrontendConfig.SAMPLE_RATE, FrontendConfig.SAMPLE_RATE, FrontendConfig.SAMPLE_RATE);
        ConfigSection c = root.section("model_conf");
        c.choice("config_str", "batchnorm-relu", "batchnorm-relu");
        c.choice("output_level", "segment", "segment");
        return new SpeakerConfig(multiple(c, "feat_dim", 80, 8, 128), c.integer("embedding_size", 192, 1, 1024), multiple(c, "growth_rate", 32, 32, 128),
                c.integer("bn_size", 4, 1, 4), multiple(c, "init_channels", 128, 32, 512));
    }

    private static int multiple(ConfigSection c, String key, int fallback, int of, int most) {
        int value = c.integer(key, fallback, of, most);
        if (value % of != 0) {
            throw c.unsupported(key, value, "a multiple of " + of);
        }
        return value;
    }
}
