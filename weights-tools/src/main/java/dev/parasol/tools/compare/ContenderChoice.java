package dev.parasol.tools.compare;

import dev.parasol.model.Precision;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Variant;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import java.util.Locale;

/**
 * A model folder and what it is run in.
 *
 * @param name as the user wrote it
 */
public record ContenderChoice(String name, ModelFolder folder, Precision precision) {
    /** Reads {@code FOLDER}, which is run in {@code fallback}, or {@code FOLDER@PRECISION}. {@link dev.parasol.weights.ModelException} when it cannot be used. */
    public static ContenderChoice parse(String text, Precision fallback) {
        int at = text.lastIndexOf('@');
        if (at > 0) {
            for (Precision precision : Precision.values()) {
                if (precision.name().equalsIgnoreCase(text.substring(at + 1).replace('-', '_'))) {
                    return new ContenderChoice(text, ModelFolder.open(text.substring(0, at)), precision);
                }
            }
        }
        return new ContenderChoice(text, ModelFolder.open(text), fallback);
    }

    Variant load(Bench bench) {
        return bench.load(folder, LayerMask.ALL, precision);
    }

    String precisionText() {
        return precision.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
