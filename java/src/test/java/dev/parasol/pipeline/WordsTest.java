package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void runsOfAsciiAndSingleOtherCharactersAreWords() {
        assertThat(Words.of(" 召very 祥the  it's-ok!\t😀é")).containsExactly("召", "very", "祥", "the", "it's-ok!", "😀", "é");
        assertThat(Words.of("")).isEmpty();
        assertThat(Words.of(" \t\u3000\u00a0\u0085\u2028\u001c")).isEmpty();
        // Neither a space of no width nor a control character that does not separate divides words.
        assertThat(Words.of("a\u0001b\u200bc")).containsExactly("a\u0001b", "\u200b", "c");
        assertThat(Words.of("a\u0000b\u001fc\u3000d")).containsExactly("a\u0000b", "c", "d");
    }

    @Property(tries = 200)
    void nothingButSpaceIsLost(@ForAll String text) {
        String joined = String.join("", Words.of(text));
        StringBuilder expected = new StringBuilder();
        text.codePoints().filter(c -> !pythonSpace(c)).forEach(expected::appendCodePoint);
        assertThat(joined).isEqualTo(expected.toString());
        assertThat(Words.of(text)).allMatch(word -> Words.ascii(word) ? word.chars().allMatch(c -> c < 0x80) : word.codePointCount(0, word.length()) == 1);
    }

    /** {@code str.isspace} of Python, spelt out. */
    private static boolean pythonSpace(int c) {
        return "\t\n\u000b\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
                .indexOf(c) >= 0;
    }
}
