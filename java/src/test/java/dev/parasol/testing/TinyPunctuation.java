package dev.parasol.testing;

import dev.parasol.cuda.DataType;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.PunctuationFolder;
import dev.parasol.weights.SafetensorsWriter;
import dev.parasol.weights.WeightSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.LongStream;

/** A punctuation model with few random weights, in FunASR's folder format. */
public final class TinyPunctuation {
    /** Its configuration. */
    public static final String CONFIG = """
            model: CTTransformer
            model_conf:
              embed_unit: 64
              att_unit: 64
              punc_list: [<unk>, _, ，, 。, ？, 、]
              sentence_end_id: 3
            encoder: SANMEncoder
            encoder_conf:
              input_size: 64
              output_size: 64
              attention_heads: 2
              linear_units: 128
              num_blocks: 2
              input_layer: pe
              kernel_size: 11
            tokenizer: CharTokenizer
            tokenizer_conf:
              unk_symbol: <unk>
            """;
    /** Its tokens. */
    public static final String TOKENS = "[\"<blank>\", \"<s>\", \"</s>\", \"a\", \"the\", \"我\", \"们\", \"😀\", \"<unk>\"]";

    private TinyPunctuation() {}

    /** Writes it. */
    public static Path write(Path folder) throws IOException {
        Files.writeString(folder.resolve("config.yaml"), CONFIG);
        Files.writeString(folder.resolve("tokens.json"), TOKENS);
        Random random = new Random(3);
        SafetensorsWriter writer = new SafetensorsWriter();
        for (WeightSpec spec : ModelTensors.punctuation(PunctuationFolder.open(folder.toString()).config(), DataType.F32)) {
            writer.add(spec.name(), spec.shape(), numbers(random, spec.shape()));
        }
        writer.add(PunctuationFolder.EMBEDDING, new long[] {9, 64}, numbers(random, 9, 64));
        writer.write(folder.resolve("model.safetensors"));
        return folder;
    }

    private static float[] numbers(Random random, long... shape) {
        float[] numbers = new float[(int) LongStream.of(shape).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian() / 4;
        }
        return numbers;
    }
}
