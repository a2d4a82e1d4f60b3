package dev.parasol.cli;

import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelException;
import java.nio.file.InvalidPathException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the layers of {@code --keep-layers}, or the file that it names. */
final class LayerMaskOption implements ITypeConverter<LayerMask> {
    @Override
    public LayerMask convert(String text) {
        try {
            return LayerMask.of(text);
        } catch (ModelException | InvalidPathException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
