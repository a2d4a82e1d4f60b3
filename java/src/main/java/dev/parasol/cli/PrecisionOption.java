package dev.parasol.cli;

import dev.parasol.model.Precision;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --precision}, and the file that {@code mixed:FILE} names. */
final class PrecisionOption implements ITypeConverter<LinearSchemes> {
    private static final String MIXED = "mixed:";

    @Override
    public LinearSchemes convert(String text) {
        try {
            if (text.startsWith(MIXED)) {
                return LinearSchemes.read(Path.of(text.substring(MIXED.length())));
            }
        } catch (ModelException | InvalidPathException e) {
            throw new TypeConversionException(e.getMessage());
        }
        return Precision.parse(text).map(Precision::schemes).orElseThrow(() -> new TypeConversionException("'" + text + "' is no precision, expected "
                + Arrays.stream(Precision.values()).map(Precision::text).collect(Collectors.joining(", ")) + " or mixed:FILE"));
    }
}
