package dev.parasol.bench.figures;

/** Words of texts, counted. */
final class Words {
    private Words() {}

    static String[] of(String text) {
        return text.isBlank() ? new String[0] : text.strip().split("\\s+");
    }

    /** The fewest substitutions, deletions and insertions that make {@code found} of {@code expected}. */
    static int errors(String expected, String found) {
        String[] from = of(expected);
        String[] to = of(found);
        int[] row = new int[to.length + 1];
        for (int j = 0; j <= to.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length; i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length; j++) {
                int above = row[j];
                row[j] = Math.min(Math.min(above, row[j - 1]) + 1, diagonal + (from[i - 1].equals(to[j - 1]) ? 0 : 1));
                diagonal = above;
            }
        }
        return row[to.length];
    }
}
