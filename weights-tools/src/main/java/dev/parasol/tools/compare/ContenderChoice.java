package dev.parasol.tools.compare;

import dev.parasol.model.Precision;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Variant;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model folder and what it is run in.
 *
 * @param name as the user wrote it
 * @param schemes of its linear layers
 */
public record ContenderChoice(String name, ModelFolder folder, LinearSchemes schemes) {
    private static final String MIXED = "mixed:";

    /**
     * Reads {@code FOLDER}, which is run in what it is quantized to, else fp16, or {@code FOLDER@PRECISION}, {@code mixed:FILE} among them.
     *
     * @throws ModelException when it cannot be used
     */
    public static ContenderChoice parse(String text) {
        int at = text.lastIndexOf('@');
        String behind = text.substring(at + 1);
        Optional<Precision> precision = Precision.parse(behind);
        if (at <= 0 || precision.isEmpty() && !behind.startsWith(MIXED)) {
            ModelFolder folder = ModelFolder.open(text);
            return new ContenderChoice(text, folder, folder.schemes(null));
        }
        ModelFolder folder = ModelFolder.open(text.substring(0, at));
        LinearSchemes wanted = precision.map(Precision::schemes).orElseGet(() -> LinearSchemes.read(Path.of(behind.substring(MIXED.length()))));
        return new ContenderChoice(text, folder, folder.schemes(wanted));
    }

    Variant load(Bench bench) {
        return bench.load(folder, LayerMask.ALL, schemes);
    }

    String precisionText() {
        return schemes.title();
    }
}
