package dev.parasol.weights;

import java.nio.file.Path;
import java.util.List;

/** Hotwords as users write them: in one text, separated by spaces, or in a file, one a line, as FunASR takes them. */
public final class HotwordList {
    private static final int MAX_BYTES = 1 << 20;

    private HotwordList() {}

    /** The words of a text such as {@code "达摩院 魔搭"}. */
    public static List<String> ofText(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }

    /** The lines of a UTF-8 file, none of them blank; {@link ModelException} when it cannot be read or has more than 1 MiB. */
    public static List<String> ofFile(Path file) {
        return SmallFile.read(file, MAX_BYTES).lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }
}
