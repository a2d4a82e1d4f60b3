package dev.parasol.tools.synth;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.files.FileErrors;
import dev.parasol.tools.data.DataException;
import dev.parasol.tools.tensors.FolderWriter;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.Cmvn;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes a random model of a configuration as FunASR keeps its models: {@code config.yaml}, {@code configuration.json},
 * {@code am.mvn}, {@code tokens.json} and weights, which are those of {@code synth:} (see {@link dev.parasol.weights.SyntheticCheckpoint}):
 * scaled so that nothing overflows and about five tokens a second fire. Memory does not grow with the model.
 */
public final class SyntheticFolder {
    /** The configuration that is built in. */
    public static final String LARGE = "paraformer-large";

    private static final long EMBEDDING_SEED = 0x656d62;
    private static final String CONFIGURATION = """
            {
              "framework": "pytorch",
              "task": "auto-speech-recognition",
              "model": {"type": "funasr"},
              "pipeline": {"type": "funasr-pipeline"},
              "file_path_metas": {
                "init_param": "%s",
                "config": "config.yaml",
                "tokenizer_conf": {"token_list": "tokens.json"},
                "frontend_conf": {"cmvn_file": "am.mvn"}
              }
            }
            """;

    private SyntheticFolder() {}

    /**
     * Writes it.
     *
     * @param config {@value #LARGE}, or a FunASR {@code config.yaml}
     * @param vocabulary tokens, or 0 for as many as the configuration says in {@code vocab_size}, else 8404
     * @return bytes of the weights
     */
    public static long write(FolderWriter writer, String config, int vocabulary, long seed, FolderWriter.Format format) throws IOException {
        Path scratch = Files.createTempDirectory("parasol-synth");
        Path yaml = scratch.resolve("config.yaml");
        try {
            Files.writeString(yaml, configuration(config) + (vocabulary > 0 ? "vocab_size: " + vocabulary + "\n" : ""));
            ModelFolder folder = ModelFolder.open("synth:" + scratch + ":" + seed);
            int size = folder.vocabulary().size();
            try (Checkpoint weights = new WithEmbedding(folder.openCheckpoint(), size, folder.config().encoder().outputSize(), seed ^ EMBEDDING_SEED)) {
                return writer.write(aside -> {
                    Files.copy(yaml, aside.resolve("config.yaml"));
                    Files.writeString(aside.resolve("configuration.json"), String.format(Locale.ROOT, CONFIGURATION, format.file()));
                    Files.writeString(aside.resolve("am.mvn"), normalisation(folder.cmvn()));
                    Files.writeString(aside.resolve("tokens.json"), new ObjectMapper().writeValueAsString(folder.vocabulary().tokens()));
                }, weights);
            }
        } catch (ModelException e) {
            // By the name that the user gave.
            throw new ModelException(e.getMessage().replace(yaml.toString(), config), e);
        } finally {
            Files.deleteIfExists(yaml);
            Files.delete(scratch);
        }
    }

    private static String configuration(String config) throws IOException {
        if (!config.equals(LARGE)) {
            Path file = Path.of(config);
            if (!Files.isRegularFile(file)) {
                throw new DataException(config + " is no file, expected " + LARGE + " or a FunASR config.yaml");
            }
            try {
                return Files.readString(file).stripTrailing() + "\n";
            } catch (IOException e) {
                throw new DataException(config + " cannot be read: " + FileErrors.reason(e) + ", expected " + LARGE + " or a FunASR config.yaml", e);
            }
        }
        try (InputStream resource = SyntheticFolder.class.getResourceAsStream(LARGE + ".yaml")) {
            return new String(resource.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kaldi's text form of a network that shifts and scales. */
    private static String normalisation(Cmvn cmvn) {
        StringBuilder text = new StringBuilder("<Nnet>\n<Splice> " + cmvn.size() + " " + cmvn.size() + "\n[ 0 ]\n");
        append(text, "<AddShift>", cmvn.shift());
        append(text, "<Rescale>", cmvn.scale());
        return text.append("</Nnet>\n").toString();
    }

    private static void append(StringBuilder text, String component, float[] values) {
        text.append(component).append(' ').append(values.length).append(' ').append(values.length).append("\n<LearnRateCoef> 0 [ ");
        for (float value : values) {
            text.append(value).append(' ');
        }
        text.append("]\n");
    }
}
