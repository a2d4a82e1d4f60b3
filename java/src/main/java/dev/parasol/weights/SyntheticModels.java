package dev.parasol.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a model without a folder is made of, weights apart. */
final class SyntheticModels {
    /** Tokens of paraformer-large. */
    static final int VOCABULARY_SIZE = 8404;

    /** The shape of FunASR's paraformer-large. */
    static final String PARAFORMER_LARGE = """
            model: Paraformer
            encoder: SANMEncoder
            encoder_conf: {output_size: 512, attention_heads: 4, linear_units: 2048, num_blocks: 50, input_layer: pe, kernel_size: 11}
            decoder: ParaformerSANMDecoder
            decoder_conf: {attention_heads: 4, linear_units: 2048, num_blocks: 16, att_layer_num: 16, kernel_size: 11}
            predictor: CifPredictorV2
            predictor_conf: {idim: 512, l_order: 1, r_order: 1, tail_threshold: 0.45}
            frontend: WavFrontend
            frontend_conf: {fs: 16000, n_mels: 80, lfr_m: 7, lfr_n: 6}
            """;

    /** About the mean and the inverse deviation of log-mel features of speech. */
    private static final float SHIFT = -12;
    private static final float SCALE = 0.2f;

    private SyntheticModels() {}

    /** FunASR's special tokens around made-up ones, a different character each. */
    static Vocabulary vocabulary(int size) {
        List<String> tokens = new ArrayList<>(List.of("<blank>", "<s>", "</s>"));
        for (int id = tokens.size(); id < size - 1; id++) {
            tokens.add(Character.toString(0x4e00 + id % 20_000));
        }
        tokens.add("<unk>");
        return new Vocabulary(tokens);
    }

    static Cmvn cmvn(int size) {
        float[] shift = new float[size];
        float[] scale = new float[size];
        Arrays.fill(shift, SHIFT);
        Arrays.fill(scale, SCALE);
        return new Cmvn(shift, scale);
    }
}
