package dev.parasol.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * File names beyond ASCII in a locale that has none. The Java runtime decodes arguments and names files by the locale it
 * was started in, and nothing can change that later; so the same command is run once more in a UTF-8 locale.
 */
final class Utf8Names {
    private static final Path COMMAND = Path.of("/proc/self/cmdline");

    private static final String LOCALE = "C.UTF-8";

    private Utf8Names() {}

    /** Whether another run is needed; not where this one is it, on a machine that lacks the locale. */
    static boolean needed(String[] args) {
        // The JDK itself falls over a working folder that it cannot name.
        Stream<String> names = Stream.concat(Stream.of(args), Stream.of(System.getProperty("user.dir")));
        return !LOCALE.equals(System.getenv("LC_ALL")) && unreadable(names, System.getProperty("sun.jnu.encoding"));
    }

    /** Whether the names hold characters that this runtime cannot name files by. */
    static boolean unreadable(Stream<String> names, String nameEncoding) {
        return !"UTF-8".equalsIgnoreCase(nameEncoding) && names.anyMatch(name -> name.chars().anyMatch(c -> c > 127));
    }

    /** Runs this process's own command in a UTF-8 locale and returns its exit code. */
    static int runAgain() throws IOException, InterruptedException {
        Path script = Files.createTempFile("parasol", ".sh");
        try {
            Files.write(script, script(Files.readAllBytes(COMMAND)));
            return new ProcessBuilder("/bin/sh", script.toString()).inheritIO().start().waitFor();
        } finally {
            Files.delete(script);
        }
    }

    /** A shell script that runs the zero-terminated words of {@code command}, byte for byte. */
    static byte[] script(byte[] command) {
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        script.writeBytes(("LC_ALL=" + LOCALE + " exec").getBytes(StandardCharsets.US_ASCII));
        boolean inside = false;
        for (byte b : command) {
            if (!inside) {
                script.writeBytes(" '".getBytes(StandardCharsets.US_ASCII));
                inside = true;
            }
            if (b == 0) {
                script.write('\'');
                inside = false;
            } else if (b == '\'') {
                script.writeBytes("'\\''".getBytes(StandardCharsets.US_ASCII));
            } else {
                script.write(b);
            }
        }
        script.write('\n');
        return script.toByteArray();
    }
}
