package dev.parasol.files;

/**
 * Text out of a file as a message shows it: short, on one line, and nothing in it that a terminal would obey or that hides
 * what stands there.
 */
public final class Shown {
    /** Characters of a name or a value. */
    private static final int USUAL = 80;

    private Shown() {}

    /** At most 80 characters of {@code text}, and … where there are more. */
    public static String of(String text) {
        return of(text, USUAL);
    }

    /** At most {@code most} characters of {@code text}, and … where there are more; control characters and the like as {@code \\u001b}. */
    public static String of(String text, int most) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            String one = visible(c) ? Character.toString(c) : escaped(c);
            if (shown.length() + one.length() > most) {
                return shown.append('…').toString();
            }
            shown.append(one);
        }
        return shown.toString();
    }

    /** Whether {@link #of} leaves a character as it is. */
    public static boolean visible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE, Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    private static String escaped(int c) {
        return Character.isBmpCodePoint(c) ? String.format("\\u%04x", c) : String.format("\\u{%x}", c);
    }
}
