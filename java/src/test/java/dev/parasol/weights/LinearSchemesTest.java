package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parasol.cuda.DataType;
import dev.parasol.testing.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearSchemesTest {
    private static final String W_1 = "encoder.encoders.3.feed_forward.w_1";
    private static final String W_2 = "encoder.encoders.3.feed_forward.w_2";

    @TempDir
    Path folder;

    private LinearSchemes read(String json) throws IOException {
        return LinearSchemes.read(Files.writeString(folder.resolve("schemes.json"), json));
    }

    @Test
    void aNameCountsBeforeAPatternAndAnEarlierPatternBeforeALater() throws IOException {
        LinearSchemes schemes = read("{\"layers\": {\"*.w_?\": \"int8-weights\", \"encoder.*\": \"fp16\", \"" + W_1 + "\": \"int8-dynamic\"}, \"default\": \"int8-dynamic\"}");
        assertThat(schemes.of(W_1)).isEqualTo(LinearScheme.INT8_DYNAMIC);
        assertThat(schemes.of(W_2)).isEqualTo(LinearScheme.INT8_WEIGHTS);
        assertThat(schemes.of("encoder.encoders.3.self_attn.linear_out")).isEqualTo(LinearScheme.FP16);
        assertThat(schemes.of("decoder.decoders.1.src_attn.linear_q")).isEqualTo(LinearScheme.INT8_DYNAMIC);
        assertThat(schemes.title()).isEqualTo("mixed:" + folder.resolve("schemes.json"));
    }

    @ParameterizedTest
    @CsvSource({"a*c,abbc,true", "a*c,abb,false", "*,abc,true", "a?c,abc,true", "a?c,ac,false", "*b*b,abcb,true", "**,x,true", "ab,abc,false", "a*b*c,aXbYcZc,true"})
    void starsAndQuestionMarks(String pattern, String text, boolean matches) {
        assertThat(new Glob(pattern).matches(text)).isEqualTo(matches);
        assertThat(new Glob("*a".repeat(2_000)).matches("a".repeat(1_999))).isFalse();
    }

    @Test
    void whatCannotBeQuantizedIsNot() {
        LinearSchemes all = LinearSchemes.uniform("int8", LinearScheme.INT8_DYNAMIC);
        assertThat(all.of("decoder.output_layer")).isEqualTo(LinearScheme.FP16);
        assertThat(all.of("predictor.cif_conv1d")).isEqualTo(LinearScheme.FP16);
        assertThat(all.of("decoder.decoders3.0.feed_forward.w_2")).isEqualTo(LinearScheme.INT8_DYNAMIC);
        assertThat(LinearSchemes.unquantized(DataType.F32).of(W_1)).isEqualTo(LinearScheme.FP16);
    }

    @Test
    void aQuantizedLayerHasItsScalesBehindIt() {
        ModelConfig config = ModelFolder.open(Samples.model()).config();
        var specs = ModelTensors.required(config, KeptLayers.all(config), 57, LinearSchemes.uniform("", LinearScheme.INT8_STATIC));
        int at = specs.stream().map(WeightSpec::name).toList().indexOf(W_2 + ".weight");
        assertThat(specs.get(at).type()).isEqualTo(DataType.I8);
        assertThat(specs.get(at).stride() % WeightSpec.INT8_PAD).isZero();
        assertThat(specs.subList(at + 1, at + 4)).extracting(WeightSpec::name)
                .containsExactly(W_2 + ModelTensors.WEIGHT_SCALE, W_2 + ModelTensors.INPUT_SCALE, W_2 + ".bias");
        assertThat(ModelTensors.linears(config)).hasSize(6 * 4 + 2 * 5 + 2).contains(W_1, "decoder.decoders3.0.feed_forward.w_1").doesNotContain("decoder.output_layer");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{|is not valid JSON", "[]|is no JSON object", "{\"default\": \"int4\"}|default: the scheme 'int4' is unknown, expected fp16, int8-weights",
        "{\"layer\": {}}|has the unknown key 'layer'", "{\"layers\": 3}|layers is no JSON object", "{\"layers\": {\"a\": 1}}|a: the scheme '1' is unknown",
        "{\"default\": \"fp16\", \"default\": \"fp16\"}|Duplicate", "{} {}|is not valid JSON"})
    void badFilesAreNamed(String json, String message) {
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> read(json)).withMessageContaining("schemes.json").withMessageContaining(message);
    }

    @Test
    void messagesShowNoMoreOfAFileThanALine() {
        String name = "\\u001b[2J\\n" + "x".repeat(10_000);
        String shown = "\\u001b[2J\\u000a" + "x".repeat(65) + "…";
        ModelFolder model = ModelFolder.open(Samples.model());
        for (String json : new String[] {"{\"" + name + "\": 1}", "{\"default\": \"" + name + "\"}", "{\"layers\": {\"" + name + "\": \"fp16\"}}",
                "{\"layers\": {\"" + name + "\": \"int4\"}}"}) {
            assertThatExceptionOfType(ModelException.class).isThrownBy(() -> model.schemes(read(json))).withMessageContaining("schemes.json").withMessageContaining(shown)
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
        }
        String twice = "{\"" + name + "\": 1, \"" + name + "\": 1}";
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> read(twice)).withMessageContaining("Duplicate").satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500));
        String version = "{\"version\": [\"" + "x".repeat(10_000) + "\"]}";
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> SchemesReader.stored("a.safetensors", version)).withMessageContaining("has the version [\"xxx")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @Test
    void numberOfPatternsAndSizeAreBounded() {
        String patterns = IntStream.range(0, 1001).mapToObj(i -> "\"*" + i + "\": \"fp16\"").collect(Collectors.joining(", "));
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> read("{\"layers\": {" + patterns + "}}")).withMessageContaining("has more than 1000 patterns");
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> SchemesReader.stored("a.safetensors", " ".repeat(5 << 20)))
                .withMessageContaining("takes 5242880 characters, expected at most 4194304");
    }

    @Test
    void aRuleThatMeansNoLayerIsRefusedAndStaticScalesMustBeThere() {
        ModelFolder model = ModelFolder.open(Samples.model());
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> model.schemes(read("{\"layers\": {\"encoder.*.w_3\": \"fp16\"}}")))
                .withMessageContaining("'encoder.*.w_3' is no linear layer of the model");
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> model.schemes(read("{\"layers\": {\"decoder.output_layer\": \"int8-weights\"}}")))
                .withMessageContaining("'decoder.output_layer' is no linear layer of the model");
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> model.schemes(read("{\"default\": \"int8-static\"}")))
                .withMessageContaining("int8-static needs calibrated scales");
    }

    @Test
    void withoutAWishAPlainModelIsFp16() {
        assertThat(ModelFolder.open(Samples.model()).schemes(null).title()).isEqualTo("fp16");
    }
}
