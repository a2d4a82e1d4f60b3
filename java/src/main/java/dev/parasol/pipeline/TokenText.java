package dev.parasol.pipeline;

import dev.parasol.weights.Vocabulary;
import java.util.ArrayList;
import java.util.List;

/** From a model's ids to the tokens and the text that users see. Immutable and thread-safe. */
final class TokenText {
    private final Vocabulary vocabulary;

    TokenText(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** The ids without blank, start and end of a sentence. */
    static List<Integer> tokens(int[] ids) {
        List<Integer> tokens = new ArrayList<>();
        for (int id : ids) {
            if (id != Vocabulary.BLANK && id != Vocabulary.START && id != Vocabulary.END) {
                tokens.add(id);
            }
        }
        return tokens;
    }

    String text(List<Integer> tokens) {
        return SentencePostprocess.text(tokens.stream().map(vocabulary::token).toList());
    }
}
