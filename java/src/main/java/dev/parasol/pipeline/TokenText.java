package dev.parasol.pipeline;

import dev.parasol.model.CifTrace;
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
        return SentencePostprocess.text(texts(tokens));
    }

    /**
     * The words of {@code ids} with their times.
     *
     * @param startMs added to all times, of which none is before the recording's beginning
     */
    List<Transcript.Word> words(int[] ids, CifTrace trace, int startMs) {
        return words(tokens(ids), times(ids, trace, startMs));
    }

    /** The words of {@code tokens}, whose times are {@code times}. */
    List<Transcript.Word> words(List<Integer> tokens, List<Timestamp> times) {
        return SentencePostprocess.words(texts(tokens)).stream()
                .map(word -> new Transcript.Word(word.text(), new Timestamp(times.get(word.first()).startMs(), times.get(word.last()).endMs())))
                .toList();
    }

    /** The times of the {@link #tokens} of {@code ids}; see {@link #words(int[], CifTrace, int)}. */
    static List<Timestamp> times(int[] ids, CifTrace trace, int startMs) {
        return TokenTimes.of(trace, ids.length, tokens(ids).size()).stream()
                .map(time -> new Timestamp(Math.max(0, startMs + time.startMs()), Math.max(0, startMs + time.endMs())))
                .toList();
    }

    /** Whether the word that {@code token} belongs to goes on with the next token. */
    boolean continues(int token) {
        return SentencePostprocess.continues(vocabulary.token(token));
    }

    private List<String> texts(List<Integer> tokens) {
        return tokens.stream().map(vocabulary::token).toList();
    }
}
