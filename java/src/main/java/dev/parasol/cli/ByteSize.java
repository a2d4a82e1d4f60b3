package dev.parasol.cli;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads and writes sizes in bytes: 1GiB, 700MiB, 512KiB, 4096. */
final class ByteSize implements ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*(B|KIB|MIB|GIB|KB|MB|GB)?");
    private static final Map<String, Long> UNITS = Map.of(
            "B", 1L, "KIB", 1L << 10, "MIB", 1L << 20, "GIB", 1L << 30, "KB", 1_000L, "MB", 1_000_000L, "GB", 1_000_000_000L);

    @Override
    public Long convert(String text) {
        Matcher matcher = SIZE.matcher(text.trim().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a size; expected a number and B, KiB, MiB, GiB, KB, MB or GB");
        }
        double bytes = Double.parseDouble(matcher.group(1)) * UNITS.get(matcher.group(2) == null ? "B" : matcher.group(2));
        if (bytes < 1 || bytes > 1L << 50) {
            throw new TypeConversionException("'" + text + "' is not a usable size of memory");
        }
        return (long) bytes;
    }

    /** {@code bytes} in MiB with one decimal. */
    static String mib(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }
}
