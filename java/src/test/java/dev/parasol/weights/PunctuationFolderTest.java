package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parasol.cuda.DataType;
import dev.parasol.testing.TinyPunctuation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PunctuationFolderTest {
    @TempDir
    Path folder;

    private PunctuationFolder open(String config, String tokens) throws IOException {
        Files.writeString(folder.resolve("config.yaml"), config);
        Files.writeString(folder.resolve("tokens.json"), tokens);
        return PunctuationFolder.open(folder.toString());
    }

    @Test
    void theConfigurationAndTheTokensAreRead() throws IOException {
        PunctuationFolder opened = open(TinyPunctuation.CONFIG, TinyPunctuation.TOKENS);
        assertThat(opened.config().encoder()).isEqualTo(new EncoderConfig(64, 64, 2, 128, 2, 11, 0));
        assertThat(opened.config().marks()).containsExactly("<unk>", "_", "，", "。", "？", "、");
        assertThat(opened.config().sentenceEnd()).isEqualTo(3);
        assertThat(opened.tokens().size()).isEqualTo(9);
        assertThat(opened.tokens().id("我")).isEqualTo(5);
        assertThat(opened.tokens().id("😀")).isEqualTo(7);
        assertThat(opened.tokens().id("other")).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "model: CTTransformer|model: Paraformer|model is Paraformer",
        "embed_unit: 64|embed_unit: 63|embed_unit",
        "att_unit: 64|att_unit: 32|att_unit",
        "punc_list: [<unk>, _, ，, 。, ？, 、]|punc_list: none|punc_list",
        "punc_list: [<unk>, _, ，, 。, ？, 、]|punc_list: [_]|a list of 1",
        "punc_list: [<unk>, _, ，, 。, ？, 、]|punc_list: [a, 7]|punc_list[1] is 7",
        "punc_list: [<unk>, _, ，, 。, ？, 、]|punc_list: [a, [b]]|punc_list[1] is a list",
        "punc_list: [<unk>, _, ，, 。, ？, 、]|x: y|punc_list is missing",
        "sentence_end_id: 3|sentence_end_id: 6|sentence_end_id",
        "input_size: 64|input_size: 32|input_size",
        "attention_heads: 2|attention_heads: 3|attention_heads",
        "tokenizer: CharTokenizer|jieba_usr_dict: words|jieba_usr_dict"})
    void aWrongConfigurationIsNamed(String right, String wrong, String message) throws IOException {
        Path file = folder.resolve("config.yaml");
        assertThat(TinyPunctuation.CONFIG).contains(right);
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> open(TinyPunctuation.CONFIG.replace(right, wrong), TinyPunctuation.TOKENS))
                .withMessageContaining(file.toString()).withMessageContaining(message);
    }

    @Test
    void tokensThatStandTwiceOrLackTheUnknownOneAreNamed() throws IOException {
        PunctuationFolder twice = open(TinyPunctuation.CONFIG, "[\"a\", \"b\", \"<unk>\", \"b\"]");
        assertThatExceptionOfType(ModelException.class).isThrownBy(twice::tokens).withMessageContaining("tokens 1 and 3 are the same");
        PunctuationFolder lacking = open(TinyPunctuation.CONFIG, "[\"a\", \"b\", \"c\"]");
        assertThatExceptionOfType(ModelException.class).isThrownBy(lacking::tokens).withMessageContaining("<unk>");
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> PunctuationFolder.open(file.toString())).withMessageContaining("is a file");
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> PunctuationFolder.open(folder.resolve("no").toString()));
    }

    @Test
    void theEmbeddingIsNoWeightOfTheDevice() throws IOException {
        PunctuationFolder opened = PunctuationFolder.open(TinyPunctuation.write(folder).toString());
        assertThat(ModelTensors.punctuation(opened.config(), DataType.F16)).extracting(WeightSpec::name)
                .contains("encoder.encoders0.0.norm1.weight", "encoder.encoders.0.norm2.bias", "encoder.after_norm.weight", "decoder.weight", "decoder.bias")
                .doesNotContain(PunctuationFolder.EMBEDDING);
    }
}
