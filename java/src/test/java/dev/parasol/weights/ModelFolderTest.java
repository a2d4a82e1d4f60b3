package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFolderTest {
    static final String CONFIG = """
            model: Paraformer
            encoder: SANMEncoder
            encoder_conf: {output_size: 64, attention_heads: 2, linear_units: 96, num_blocks: 3, input_layer: pe, kernel_size: 11, sanm_shfit: 0}
            decoder: ParaformerSANMDecoder
            decoder_conf: {attention_heads: 2, linear_units: 96, num_blocks: 2, att_layer_num: 2, kernel_size: 11, sanm_shfit: 0}
            predictor: CifPredictorV2
            predictor_conf: {idim: 64, threshold: 1.0, l_order: 1, r_order: 1, tail_threshold: 0.45}
            frontend: WavFrontend
            frontend_conf: {fs: 16000, window: hamming, n_mels: 20, frame_length: 25, frame_shift: 10, lfr_m: 3, lfr_n: 2}
            input_size: 60
            """;

    @TempDir
    Path folder;

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private ModelFolder open(String config) throws IOException {
        write("config.yaml", config);
        return ModelFolder.open(folder.toString());
    }

    static String mvn(int size, String value) {
        String vector = " <LearnRateCoef> 0 [ " + (value + " ").repeat(size) + "]\n";
        return "<Nnet> \n<Splice> " + size + " " + size + "\n[ 0 ]\n<AddShift> " + size + " " + size + " \n" + vector + "<Rescale> " + size + " " + size + "\n" + vector + "</Nnet> \n";
    }

    @Test
    void readsTheConfiguration() throws IOException {
        ModelFolder model = open(CONFIG);
        assertThat(model.config()).isEqualTo(new ModelConfig("Paraformer", new EncoderConfig(60, 64, 2, 96, 3, 11, 0),
                new PredictorConfig(false, 1, 1, 0.45f, 1, 0), new DecoderConfig(2, 96, 2, 11, 0), new FrontendConfig(20, 3, 2)));
        assertThat(model.hasCheckpoint()).isFalse();
        assertThatThrownBy(model::openCheckpoint).isInstanceOf(ModelException.class).hasMessageContaining("model.pt is missing");
        assertThatThrownBy(model::vocabulary).isInstanceOf(ModelException.class).hasMessageContaining("tokens.json is missing");
        assertThatThrownBy(model::cmvn).isInstanceOf(ModelException.class).hasMessageContaining("am.mvn is missing");
    }

    @Test
    void readsTheSharedModels() {
        ModelFolder large = ModelFolder.open(Shared.path("models/paraformer-large-config").toString());
        assertThat(large.config()).isEqualTo(ModelFolder.open("synth:paraformer-large").config());
        assertThat(large.vocabulary().size()).isEqualTo(8404);
        assertThat(large.vocabulary().token(0)).isEqualTo("<blank>");
        assertThat(large.vocabulary().token(8403)).isEqualTo("<unk>");
        assertThat(large.cmvn().shift()[0]).isEqualTo(-8.311879f);
        assertThat(large.cmvn().scale()[0]).isEqualTo(0.155775f);
        ModelFolder seaco = ModelFolder.open(Shared.path("models/digits-seaco").toString());
        assertThat(seaco.config().model()).isEqualTo("SeacoParaformer");
        assertThat(seaco.config().predictor().sequential()).isTrue();
        assertThat(seaco.vocabulary().tokens()).hasSize(14).contains("seven");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "model: Paraformer | model: ContextualParaformer | model is ContextualParaformer",
        "model: Paraformer | model: SenseVoiceSmall | not supported (supported: Paraformer, BiCifParaformer, SeacoParaformer)",
        "encoder: SANMEncoder | encoder: SANMEncoderChunkOpt | encoder is SANMEncoderChunkOpt",
        "encoder: SANMEncoder | encoder_x: SANMEncoder | encoder is missing, expected SANMEncoder",
        "predictor: CifPredictorV2 | predictor: CifPredictor | predictor is CifPredictor,",
        "decoder: ParaformerSANMDecoder | decoder: ParaformerSANDecoder | decoder is",
        "frontend: WavFrontend | frontend: WavFrontendOnline | frontend is WavFrontendOnline",
        "input_layer: pe | input_layer: conv2d | encoder_conf.input_layer is conv2d",
        "input_layer: pe, | '' | encoder_conf.input_layer is conv2d",
        "sanm_shfit: 0} | sanm_shfit: 6} | sanm_shfit is 6",
        "kernel_size: 11 | kernel_size: 33 | kernel_size is 33",
        "kernel_size: 11 | kernel_size: eleven | kernel_size is eleven, which is not supported (supported: a whole number from 1 to 32)",
        "num_blocks: 3 | num_blocks: 0 | encoder_conf.num_blocks is 0",
        "num_blocks: 3 | num_blocks: 3.5 | encoder_conf.num_blocks is 3.5",
        "num_blocks: 3 | num_blocks: .nan | encoder_conf.num_blocks is NaN",
        "output_size: 64 | output_size: 48 | heads of 32, 64, 80 or 128",
        "att_layer_num: 2 | att_layer_num: 1 | layers without cross-attention",
        "linear_units: 96 | normalize_before: false | normalize_before is false",
        "linear_units: 96 | lora_list: [q, k] | lora_list is a list",
        "threshold: 1.0, | threshold: 0.9, | predictor_conf.threshold is 0.9",
        "idim: 64 | idim: 65 | predictor_conf.idim is 65",
        "idim: 64 | idim: 64, smooth_factor: 1.5 | smooth_factor is 1.5",
        "l_order: 1, | '' | l_order is missing",
        "fs: 16000 | fs: 8000 | frontend_conf.fs is 8000",
        "window: hamming | window: povey | window is povey",
        "frame_length: 25 | frame_length: 20 | frame_length is 20",
        "n_mels: 20 | n_mels: 20, upsacle_samples: false | upsacle_samples is false",
        "n_mels: 20 | n_mels: 21 | input_size is 60",
        "input_size: 60 | input_size: 61 | input_size is 61, which is not supported (supported: 60)",
        "model: Paraformer | 'model: Paraformer\nmodel: Paraformer' | duplicate key model",
        "model: Paraformer | model: !!java.io.File [x] | not valid YAML",
        "model: Paraformer | model: [ | not valid YAML",
        "frontend_conf: { | frontend_conf: 3 # { | frontend_conf is 3, expected a mapping",
    })
    void namesWhatIsNotSupported(String original, String replacement, String complaint) throws IOException {
        assertThat(CONFIG).contains(original);
        String config = CONFIG.replace(original, replacement);
        assertThatThrownBy(() -> open(config)).isInstanceOf(ModelException.class).hasMessageContaining("config.yaml").hasMessageContaining(complaint);
    }

    @Test
    void hostileYamlIsRefusedOrHarmless() {
        String aliases = "a: &a [x]\n" + "b: [*a, *a, *a, *a]\n" + "c: [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n";
        for (String yaml : new String[] {"[".repeat(100_000), "{a: ".repeat(100_000), aliases, "&a {model: *a, encoder: *a}", "&a {<<: *a}", "&a [*a]",
            "a: &a [*a]\n? [*a]\n: 1", "a: &a [*a]\nb: !!omap [? *a : 1]", "{? [x] : 1}", "model: " + "7".repeat(500_000), "model: !!int '" + "7".repeat(900_000) + "'", "model: 2001-12-14", "a".repeat(2_000_000)}) {
            assertThatThrownBy(() -> open(yaml)).isInstanceOf(ModelException.class).extracting(Throwable::getMessage).asString().hasSizeLessThan(600);
        }
        assertThatThrownBy(() -> open("a: &a [*a]\n? [*a]")).hasMessageContaining("config.yaml is not valid YAML: a key that is no scalar (line 2)");
    }

    @Test
    void namesAreTakenInAnyCase() throws IOException {
        assertThat(open(CONFIG.replace("model: Paraformer", "model: paraformer")).config().model()).isEqualTo("Paraformer");
    }

    @Test
    void refusesFoldersThatAreNone() throws IOException {
        write("model.pt", "x");
        assertThatThrownBy(() -> ModelFolder.open(folder.resolve("model.pt").toString())).isInstanceOf(ModelException.class).hasMessageContaining("is a file, expected a model folder");
        assertThatThrownBy(() -> ModelFolder.open(folder.resolve("nothing").toString())).isInstanceOf(ModelException.class).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> ModelFolder.open(folder.toString())).isInstanceOf(ModelException.class).hasMessageContaining("config.yaml is missing");
        assertThatThrownBy(() -> ModelFolder.open("a\0b")).isInstanceOf(ModelException.class);
        assertThatThrownBy(() -> open("")).isInstanceOf(ModelException.class).hasMessageContaining("no mapping");
    }

    @Test
    void readsTokens() throws IOException {
        ModelFolder model = open(CONFIG);
        write("tokens.txt", "<blank>\n<s>\r\n</s>\n\u4f60\n");
        assertThat(model.vocabulary().tokens()).containsExactly("<blank>", "<s>", "</s>", "\u4f60");
        write("tokens.json", "[\"<blank>\", \"<s>\", \"</s>\", \"b@@\"]");
        assertThat(model.vocabulary().tokens()).endsWith("b@@");
        for (String[] wrong : new String[][] {{"{}", "array of tokens"}, {"[1]", "token 0 is not text"}, {"[\"a\"", "not valid JSON: Unexpected end-of-input: expected close marker for Array (line 1, column "}, {"[\"a\",\"b\",\"c\"] 1", "goes on"}, {"[]", "0 tokens"}}) {
            write("tokens.json", wrong[0]);
            assertThatThrownBy(model::vocabulary).isInstanceOf(ModelException.class).hasMessageContaining("tokens.json").hasMessageContaining(wrong[1]);
        }
        write("tokens.json", "[\"a\"" + ",\"a\"".repeat(1 << 20) + "]");
        assertThatThrownBy(model::vocabulary).isInstanceOf(ModelException.class).hasMessageContaining("has more than 1048576 tokens");
        Files.write(folder.resolve("tokens.json"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(model::vocabulary).isInstanceOf(ModelException.class).hasMessageContaining("not UTF-8");
    }

    @Test
    void readsTheNormalisation() throws IOException {
        ModelFolder model = open(CONFIG);
        write("am.mvn", mvn(60, "-1.5"));
        assertThat(model.cmvn().size()).isEqualTo(60);
        assertThat(model.cmvn().shift()).containsOnly(-1.5f);
        assertThat(model.cmvn().scale()).containsOnly(-1.5f);
        String good = mvn(60, "1");
        String[][] wrong = {{mvn(59, "1"), "has 59 rows, expected 60"}, {mvn(60, "nan"), "value 0 is 'nan'"}, {mvn(60, "NaN"), "value 0 is NaN"}, {mvn(60, "1e99"), "finite"},
            {good.replaceFirst("1 ]", "]"), "ends after 59 values"}, {good.replace(" ]", " 1 ]"), "'1' after <AddShift>, expected ']'"},
            {good.replace("<Rescale>", "<X>"), "ends before the values of <Rescale>"}, {"", "ends before the values of <AddShift>"}, {good.substring(0, 100), "ends before"}};
        for (String[] pair : wrong) {
            write("am.mvn", pair[0]);
            assertThatThrownBy(model::cmvn).as(pair[1]).isInstanceOf(ModelException.class).hasMessageContaining("am.mvn").hasMessageContaining(pair[1]);
        }
    }

    @Test
    void aModelMayDoWithoutNormalisationIfItSaysSo() throws IOException {
        ModelFolder model = open(CONFIG.replace("fs: 16000", "fs: 16000, cmvn_file: null"));
        assertThat(model.cmvn().scale()).containsOnly(1);
        assertThat(model.cmvn().shift()).containsOnly(0);
    }

    @Test
    void followsTheNamesInConfigurationJson() throws IOException {
        write("configuration.json", """
                {"file_path_metas": {"config": "other.yaml", "init_param": "weights.pt", "tokenizer_conf": {"token_list": "words.txt"}, "frontend_conf": {"cmvn_file": "norm"}}}""");
        write("other.yaml", CONFIG);
        write("words.txt", "a\nb\nc\n");
        write("norm", mvn(60, "2"));
        TorchFile.stateDict().floats("x", new long[] {1}, 1).endDict().write(folder.resolve("weights.pt"));
        ModelFolder model = ModelFolder.open(folder.toString());
        assertThat(model.vocabulary().size()).isEqualTo(3);
        assertThat(model.cmvn().shift()).containsOnly(2);
        try (Checkpoint checkpoint = model.openCheckpoint()) {
            assertThat(checkpoint.names()).containsExactly("x");
        }
    }

    @Test
    void prefersSafetensors() throws IOException {
        ModelFolder model = open(CONFIG);
        TorchFile.stateDict().floats("x", new long[] {1}, 1).endDict().write(folder.resolve("model.pt"));
        new SafetensorsWriter().add("y", new long[] {1}, new float[1]).write(folder.resolve("model.safetensors"));
        try (Checkpoint checkpoint = model.openCheckpoint()) {
            assertThat(checkpoint.names()).containsExactly("y");
        }
    }

    @Test
    void namesDoNotLeadOutOfTheFolder() throws IOException {
        write("config.yaml", CONFIG);
        for (String name : new String[] {"../secret", "/etc/passwd", "a/../../b"}) {
            write("configuration.json", "{\"file_path_metas\": {\"init_param\": \"" + name + "\"}}");
            ModelFolder model = ModelFolder.open(folder.toString());
            assertThatThrownBy(model::openCheckpoint).isInstanceOf(ModelException.class).hasMessageContaining("outside itself");
        }
        write("configuration.json", "{");
        assertThatThrownBy(() -> ModelFolder.open(folder.toString())).isInstanceOf(ModelException.class).hasMessageContaining("configuration.json is not valid JSON");
    }

    @Test
    void makesUpWhatASyntheticFolderLacks() throws IOException {
        write("config.yaml", CONFIG);
        ModelFolder made = ModelFolder.open("synth:" + folder + ":7");
        assertThat(made.vocabulary().size()).isEqualTo(8404);
        assertThat(made.vocabulary().tokens()).doesNotHaveDuplicates();
        assertThat(made.cmvn().size()).isEqualTo(60);
        assertThat(made.hasCheckpoint()).isTrue();
        write("tokens.txt", "a\nb\nc\nd\n");
        write("am.mvn", mvn(60, "2"));
        ModelFolder given = ModelFolder.open("synth:" + folder);
        assertThat(given.vocabulary().size()).isEqualTo(4);
        assertThat(given.cmvn().shift()).containsOnly(2);
        assertThatThrownBy(() -> ModelFolder.open("synth:nowhere")).isInstanceOf(ModelException.class).hasMessageContaining("nowhere does not exist");
    }
}
