package dev.parasol.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What Jazzer calls. One process tries the reader that the system property {@code parasol.fuzz.subject} names; without it
 * all of them, the first byte of an input saying which.
 */
public final class Fuzzed {
    /** The system property. */
    static final String SUBJECT = "parasol.fuzz.subject";

    private static final Subject[] ALL = Subject.values();
    private static Subject only;
    private static Trial[] trials;

    private Fuzzed() {}

    /** Called once, before the first input. */
    public static void fuzzerInitialize() throws IOException {
        String name = System.getProperty(SUBJECT);
        only = name == null ? null : Subject.valueOf(name);
        Path folder = Files.createDirectories(Path.of("target/fuzz/files"));
        trials = new Trial[ALL.length];
        for (Subject subject : ALL) {
            trials[subject.ordinal()] = new Trial(subject, Files.createDirectories(folder.resolve(subject.id())));
        }
    }

    /** Called for every input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (only != null) {
            trials[only.ordinal()].run(input);
        } else if (input.length > 0) {
            trials[(input[0] & 0xff) % ALL.length].run(Arrays.copyOfRange(input, 1, input.length));
        }
    }
}
