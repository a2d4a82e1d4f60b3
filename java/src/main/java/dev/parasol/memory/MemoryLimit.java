package dev.parasol.memory;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of a memory limit: {@code 1GiB}, {@code 800MiB}, {@code 500MB}, {@code 123456} (bytes) or {@code 60%} (of the device). */
public final class MemoryLimit {
    private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([A-Za-z]*|%)");

    private MemoryLimit() {
    }

    /**
     * Reads a limit.
     *
     * @param deviceTotal the device's memory in bytes, of which a share is taken
     * @return bytes
     * @throws IllegalArgumentException with a message for the user, when the text is none of the forms above
     */
    public static long parse(String text, long deviceTotal) {
        Matcher matcher = FORM.matcher(text.trim());
        if (!matcher.matches()) {
            throw unreadable(text);
        }
        double value = Double.parseDouble(matcher.group(1));
        double unit = switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
            case "", "b" -> 1;
            case "%" -> deviceTotal / 100.0;
            case "k", "kib" -> 1L << 10;
            case "m", "mib" -> 1L << 20;
            case "g", "gib" -> 1L << 30;
            case "kb" -> 1e3;
            case "mb" -> 1e6;
            case "gb" -> 1e9;
            default -> throw unreadable(text);
        };
        if (value == 0 || value * unit >= Long.MAX_VALUE) {
            throw unreadable(text);
        }
        return (long) (value * unit);
    }

    private static IllegalArgumentException unreadable(String text) {
        return new IllegalArgumentException(
                "memory limit '" + text + "': expected a size such as 1GiB, 800MiB, 500MB or a share such as 60%");
    }
}
