package dev.parasol.tools.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The most physical memory that this process has had at once. */
public final class PeakMemory {
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    private PeakMemory() {}

    /** In bytes, by Linux' {@code VmHWM}; empty where there is none. */
    public static OptionalLong bytes() {
        try {
            Matcher line = PEAK.matcher(Files.readString(Path.of("/proc/self/status")));
            return line.find() ? OptionalLong.of(Long.parseLong(line.group(1)) * 1024) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** {@code 3.2 s, at most 410 MB of memory}. */
    public static String text(long startedNanos) {
        String seconds = String.format(java.util.Locale.ROOT, "%.1f s", (System.nanoTime() - startedNanos) * 1e-9);
        OptionalLong peak = bytes();
        return peak.isEmpty() ? seconds : seconds + ", at most " + peak.getAsLong() / 1_000_000 + " MB of memory";
    }
}
