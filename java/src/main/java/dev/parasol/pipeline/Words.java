package dev.parasol.pipeline;

import java.util.ArrayList;
import java.util.List;

/** Text as the punctuation model takes it: each run of ASCII between spaces is a word, and so is every other character. */
final class Words {
    private Words() {}

    /** The words of {@code text}, none of them empty. Characters beyond 16 bits are whole. */
    static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder ascii = new StringBuilder();
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c < 0x80 && !space(c)) {
                ascii.append((char) c);
                continue;
            }
            if (ascii.length() > 0) {
                words.add(ascii.toString());
                ascii.setLength(0);
            }
            if (!space(c)) {
                words.add(Character.toString(c));
            }
        }
        if (ascii.length() > 0) {
            words.add(ascii.toString());
        }
        return words;
    }

    /** Whether a word is ASCII, which its first character decides. */
    static boolean ascii(String word) {
        return word.charAt(0) < 0x80;
    }

    /** What Python takes for white space, as FunASR does: Unicode's space separators, and controls that separate. */
    private static boolean space(int c) {
        return c >= 0x09 && c <= 0x0d || c >= 0x1c && c <= 0x20 || c == 0x85 || c >= 0x80 && Character.isSpaceChar(c);
    }
}
