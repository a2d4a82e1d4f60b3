package dev.parasol.scoring;

import java.util.ArrayList;
import java.util.List;

/** Counts errors by Levenshtein alignment: of words, or of characters where a text is Chinese. */
public final class WordErrors {
    private WordErrors() {}

    /** The errors of {@code hypothesis}; among alignments with the fewest, one with the most substitutions. */
    public static Edits count(String reference, String hypothesis) {
        return count(units(reference), units(hypothesis));
    }

    /**
     * The units that are counted: a Chinese, Japanese or Korean character, or what stands between blanks and such characters.
     * Upper and lower case are the same.
     */
    public static List<String> units(String text) {
        List<String> units = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        text.toLowerCase(java.util.Locale.ROOT).codePoints().forEach(c -> {
            boolean alone = Character.isIdeographic(c) || ofJapaneseOrKorean(c);
            if (alone || Character.isWhitespace(c)) {
                if (word.length() > 0) {
                    units.add(word.toString());
                    word.setLength(0);
                }
                if (alone) {
                    units.add(Character.toString(c));
                }
            } else {
                word.appendCodePoint(c);
            }
        });
        if (word.length() > 0) {
            units.add(word.toString());
        }
        return units;
    }

    private static boolean ofJapaneseOrKorean(int c) {
        Character.UnicodeScript script = Character.UnicodeScript.of(c);
        return script == Character.UnicodeScript.HIRAGANA || script == Character.UnicodeScript.KATAKANA || script == Character.UnicodeScript.HANGUL;
    }

    static Edits count(List<String> reference, List<String> hypothesis) {
        int columns = hypothesis.size() + 1;
        // Two rows of the table are enough: each cell knows its own counts.
        int[][] above = new int[columns][];
        int[][] row = new int[columns][];
        for (int j = 0; j < columns; j++) {
            above[j] = new int[] {0, 0, j};
        }
        for (int i = 1; i <= reference.size(); i++) {
            row[0] = new int[] {0, i, 0};
            for (int j = 1; j < columns; j++) {
                if (reference.get(i - 1).equals(hypothesis.get(j - 1))) {
                    row[j] = above[j - 1];
                } else {
                    row[j] = best(above[j - 1], above[j], row[j - 1]);
                }
            }
            int[][] swap = above;
            above = row;
            row = swap;
        }
        int[] counts = above[columns - 1];
        return new Edits(counts[0], counts[1], counts[2], reference.size());
    }

    private static int[] best(int[] diagonal, int[] up, int[] left) {
        if (sum(diagonal) <= Math.min(sum(up), sum(left))) {
            return new int[] {diagonal[0] + 1, diagonal[1], diagonal[2]};
        }
        return sum(up) <= sum(left) ? new int[] {up[0], up[1] + 1, up[2]} : new int[] {left[0], left[1], left[2] + 1};
    }

    private static int sum(int[] counts) {
        return counts[0] + counts[1] + counts[2];
    }
}
