package dev.parasol.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Breaks text into lines of {@value #COLUMNS} columns, at blanks and beside Chinese characters, but not before a mark. What needs
 * two lines gets two of nearly the same width. A word that is wider than a line keeps a line of its own.
 */
final class LineBreaker {
    static final int COLUMNS = 42;
    /** Lines of a subtitle. */
    static final int LINES = 2;

    private static final String NOT_FIRST = "，。？！、；：）》」』”’,.?!;:)";

    private LineBreaker() {}

    /** The lines of a text that is not blank. */
    static List<String> lines(String text) {
        String line = text.strip();
        if (Columns.of(line) <= COLUMNS) {
            return List.of(line);
        }
        List<String> parts = parts(line);
        List<String> two = halves(parts);
        return two.stream().allMatch(half -> Columns.of(half) <= COLUMNS) ? two : filled(parts);
    }

    /** Pieces between which a line may end; their blanks are at their beginnings. */
    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        int before = text.codePointAt(0);
        for (int i = Character.charCount(before); i < text.length();) {
            int c = text.codePointAt(i);
            boolean beside = (Columns.wide(before) || Columns.wide(c)) && NOT_FIRST.indexOf(c) < 0 && Columns.of(c) > 0;
            if (before != ' ' && (c == ' ' || beside)) {
                parts.add(text.substring(from, i));
                from = i;
            }
            before = c;
            i += Character.charCount(c);
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static List<String> halves(List<String> parts) {
        int[] widths = parts.stream().mapToInt(Columns::of).toArray();
        int total = 0;
        for (int width : widths) {
            total += width;
        }
        int best = widths.length;
        int left = 0;
        int least = Integer.MAX_VALUE;
        for (int i = 1; i < widths.length; i++) {
            left += widths[i - 1];
            int difference = Math.abs(total - 2 * left);
            if (difference < least) {
                least = difference;
                best = i;
            }
        }
        List<String> halves = new ArrayList<>();
        halves.add(joined(parts.subList(0, best)));
        if (best < parts.size()) {
            halves.add(joined(parts.subList(best, parts.size())));
        }
        return halves;
    }

    private static List<String> filled(List<String> parts) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        int width = 0;
        for (int i = 0; i < parts.size(); i++) {
            int more = Columns.of(parts.get(i));
            if (i > from && width + more > COLUMNS) {
                lines.add(joined(parts.subList(from, i)));
                from = i;
                width = 0;
            }
            width += more;
        }
        lines.add(joined(parts.subList(from, parts.size())));
        return lines;
    }

    private static String joined(List<String> parts) {
        return String.join("", parts).strip();
    }
}
