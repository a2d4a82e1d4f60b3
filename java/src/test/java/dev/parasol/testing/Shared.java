package dev.parasol.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Reference material that lies beside the project: models, recordings and FunASR's own results. */
public final class Shared {
    private Shared() {}

    /** The path of {@code name} in the shared folder; skips the running test, saying why, where it is missing. */
    public static Path path(String name) {
        Path path = Path.of(System.getProperty("parasol.shared", "../../shared")).resolve(name).normalize();
        Assumptions.assumeTrue(Files.exists(path), () -> "reference material is missing: " + path);
        return path;
    }
}
