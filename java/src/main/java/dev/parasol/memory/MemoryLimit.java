package dev.parasol.memory;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The most device memory that may be held, as users write it: {@code 1GiB}, {@code 800MiB}, {@code 500MB}, {@code 123456}
 * (bytes), or {@code 60%} of what the device has in all.
 */
public final class MemoryLimit {
    private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([A-Za-z]*|%)");

    private final String text;
    private final double value;
    private final boolean share;

    private MemoryLimit(String text, double value, boolean share) {
        this.text = text;
        this.value = value;
        this.share = share;
    }

    /**
     * Reads a limit.
     *
     * @throws IllegalArgumentException with a message for the user, when the text is none of the forms above, or a limit
     *     of less than a byte, or a share of more than the whole
     */
    public static MemoryLimit parse(String text) {
        String trimmed = text.trim();
        Matcher matcher = FORM.matcher(trimmed);
        if (!matcher.matches()) {
            throw unreadable(text);
        }
        String unit = matcher.group(2).toLowerCase(Locale.ROOT);
        double value = Double.parseDouble(matcher.group(1)) * switch (unit) {
            case "", "b" -> 1;
            case "%" -> 0.01;
            case "k", "kib" -> 1L << 10;
            case "m", "mib" -> 1L << 20;
            case "g", "gib" -> 1L << 30;
            case "kb" -> 1e3;
            case "mb" -> 1e6;
            case "gb" -> 1e9;
            default -> throw unreadable(text);
        };
        boolean share = unit.equals("%");
        if (share ? value <= 0 || value > 1 : value < 1 || value >= Long.MAX_VALUE) {
            throw unreadable(text);
        }
        return new MemoryLimit(trimmed, value, share);
    }

    private static IllegalArgumentException unreadable(String text) {
        return new IllegalArgumentException("memory limit '" + text
                + "': expected a size such as 1GiB, 800MiB, 500MB or 123456 (bytes), or a share of the device such as 60%");
    }

    /** Whether it is a share of the device. */
    public boolean isShare() {
        return share;
    }

    /**
     * The limit in bytes, at least one.
     *
     * @param deviceTotal the device's memory in bytes, of which a share is taken
     */
    public long bytes(long deviceTotal) {
        return Math.max(1, (long) (share ? value * deviceTotal : value));
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
