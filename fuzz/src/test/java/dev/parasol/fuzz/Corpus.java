package dev.parasol.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The inputs that are kept: small files of each kind, whole and wrong, and those by which a fault was found. */
final class Corpus {
    private static final Path ROOT = Path.of("corpus");

    private Corpus() {}

    static Path folder(Subject subject) {
        return ROOT.resolve(subject.id());
    }

    static List<Path> inputs(Subject subject) throws IOException {
        try (Stream<Path> files = Files.list(folder(subject))) {
            return files.sorted().toList();
        }
    }
}
