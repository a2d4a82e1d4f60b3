package dev.parasol.weights;

import java.util.List;

/**
 * A {@code CTTransformer}: an embedding for each token, a SANM encoder and a linear layer with an output for each mark.
 *
 * @param encoder its input size is that of an embedding
 * @param marks the marks by their ids ({@code punc_list}); {@code _} stands for none
 * @param sentenceEnd the id of the mark that ends a sentence ({@code sentence_end_id})
 */
public record PunctuationConfig(EncoderConfig encoder, List<String> marks, int sentenceEnd) {
    /** The mark that stands for none. */
    public static final String NONE = "_";

    /** The list is copied. */
    public PunctuationConfig {
        marks = List.copyOf(marks);
    }
}
