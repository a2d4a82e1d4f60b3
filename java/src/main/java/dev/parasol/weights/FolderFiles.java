package dev.parasol.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.files.FileErrors;
import dev.parasol.files.Shown;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a model folder keeps its parts. {@code configuration.json} may rename them ({@code file_path_metas}), then
 * {@code config.yaml}; else they have FunASR's usual names. Names cannot lead out of the folder.
 */
final class FolderFiles {
    private static final int MAX_BYTES = 1 << 20;

    private final Path folder;
    private final JsonNode metas;

    FolderFiles(Path folder) {
        this.folder = folder;
        Path file = folder.resolve("configuration.json");
        this.metas = Files.exists(file) ? metas(file) : new ObjectMapper().createObjectNode();
    }

    private static JsonNode metas(Path file) {
        try {
            JsonNode root = new ObjectMapper().readTree(SmallFile.read(file, MAX_BYTES));
            return root.path("file_path_metas");
        } catch (JsonProcessingException e) {
            throw new ModelException(file + " is not valid JSON: " + JsonErrors.reason(e), e);
        }
    }

    Path config() {
        return named(metas.path("config").asText("")).orElse(folder.resolve("config.yaml"));
    }

    /** The checkpoint, which may be missing: the one that configuration.json names, else model.safetensors, else model.pt. */
    Path checkpoint() {
        Path safetensors = folder.resolve("model.safetensors");
        Path usual = Files.exists(safetensors) ? safetensors : folder.resolve("model.pt");
        return named(metas.path("init_param").asText("")).orElse(usual);
    }

    /** {@link #checkpoint}, and where that is missing the only file of the folder whose name ends with {@code suffix}. */
    Path checkpointOr(String suffix) {
        Path usual = checkpoint();
        if (Files.exists(usual)) {
            return usual;
        }
        try (Stream<Path> found = Files.list(folder)) {
            List<Path> others = found.filter(file -> file.getFileName().toString().endsWith(suffix)).limit(2).toList();
            return others.size() == 1 ? others.get(0) : usual;
        } catch (UncheckedIOException e) {
            throw new ModelException(folder + " cannot be read: " + FileErrors.reason(e.getCause()), e);
        } catch (IOException e) {
            throw new ModelException(folder + " cannot be read: " + FileErrors.reason(e), e);
        }
    }

    /** The list of tokens, which may be missing. */
    Path tokens(ConfigSection config) {
        Path json = folder.resolve("tokens.json");
        Path text = folder.resolve("tokens.txt");
        return named(metas.path("tokenizer_conf").path("token_list").asText(""))
                .or(() -> named(config.section("tokenizer_conf").has("token_list") ? config.section("tokenizer_conf").text("token_list", "") : ""))
                .orElse(Files.exists(json) || !Files.exists(text) ? json : text);
    }

    /** The dictionary of words and their pieces, which may be missing. */
    Path segDict(ConfigSection config) {
        return named(metas.path("tokenizer_conf").path("seg_dict_file").asText(""))
                .or(() -> named(config.section("tokenizer_conf").text("seg_dict_file", "")))
                .orElse(folder.resolve("seg_dict"));
    }

    /** The normalisation, which may be missing. */
    Path cmvn(ConfigSection config) {
        return named(metas.path("frontend_conf").path("cmvn_file").asText(""))
                .or(() -> named(config.section("frontend_conf").text("cmvn_file", "")))
                .orElse(folder.resolve("am.mvn"));
    }

    /** A file that a configuration names, when it is there: FunASR, too, takes such a name only then. */
    private Optional<Path> named(String name) {
        if (name.isEmpty()) {
            return Optional.empty();
        }
        Path path;
        try {
            path = folder.resolve(name).normalize();
        } catch (InvalidPathException e) {
            throw new ModelException(folder + " names a file that cannot exist: " + Shown.of(name) + ": " + e.getReason(), e);
        }
        if (!path.startsWith(folder.normalize())) {
            throw new ModelException(folder + " names a file outside itself: " + Shown.of(name));
        }
        return Files.exists(path) ? Optional.of(path) : Optional.empty();
    }
}
