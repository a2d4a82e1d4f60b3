package dev.parasol.cli;

/**
 * Text for one line of a terminal. Names of files and what stands in checkpoints may hold line ends and terminal
 * commands; they are shown as Java writes them, {@code \n} or {@code \}{@code u001b}.
 */
final class Printable {
    private Printable() {}

    static String of(String text) {
        StringBuilder result = new StringBuilder();
        for (char c : String.valueOf(text).toCharArray()) {
            switch (c) {
                case '\n' -> result.append("\\n");
                case '\r' -> result.append("\\r");
                case '\t' -> result.append("\\t");
                default -> {
                    if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                        result.append(String.format("\\u%04x", (int) c));
                    } else {
                        result.append(c);
                    }
                }
            }
        }
        return result.toString();
    }
}
