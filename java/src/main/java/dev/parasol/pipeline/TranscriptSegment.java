package dev.parasol.pipeline;

import java.util.List;

/**
 * What was said in a stretch of a recording that was recognised in one go.
 *
 * @param startMs where it begins in the recording, in milliseconds
 * @param endMs where it ends
 * @param text its text without punctuation; empty where nothing was said
 * @param tokens its token ids, without blank, {@code <s>} and {@code </s>}
 * @param words its words with their times in the recording; empty where times were not asked for
 */
public record TranscriptSegment(long startMs, long endMs, String text, List<Integer> tokens, List<Transcript.Word> words) {
    /** The lists are copied. */
    public TranscriptSegment {
        tokens = List.copyOf(tokens);
        words = List.copyOf(words);
    }
}
