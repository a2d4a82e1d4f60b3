package dev.parasol.weights;

import java.util.List;

/** Reads the {@code config.yaml} of a {@code CTTransformer}. Where a key is missing the default of FunASR's own classes holds. */
final class PunctuationConfigReader {
    private static final int MOST_MARKS = 64;
    private static final int MOST_CHARACTERS = 32;
    private static final int MAX_WIDTH = 1 << 16;

    private PunctuationConfigReader() {}

    /** The configuration in {@code root}, the top mapping of {@code file}. */
    static PunctuationConfig read(String file, ConfigSection root) {
        root.choice("model", null, "CTTransformer");
        root.choice("tokenizer", "CharTokenizer", "CharTokenizer");
        root.requireUnset("jieba_usr_dict");
        ConfigSection c = root.section("model_conf");
        c.requireUnset("jieba_usr_dict");
        int width = c.integer("embed_unit", 128, 2, MAX_WIDTH);
        if (width % 2 != 0) {
            throw c.unsupported("embed_unit", width, "an even number, for the position encoding");
        }
        EncoderConfig encoder = ConfigReader.encoder(file, root, width);
        c.integer("att_unit", 256, encoder.outputSize(), encoder.outputSize());
        List<String> marks = c.texts("punc_list", 2, MOST_MARKS, MOST_CHARACTERS);
        return new PunctuationConfig(encoder, marks, c.integer("sentence_end_id", 3, 0, marks.size() - 1));
    }
}
