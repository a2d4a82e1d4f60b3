package dev.parasol.pipeline;

import java.util.List;

/**
 * What was said in one recording.
 *
 * @param text the text; empty where nothing was said
 * @param tokens token ids in order, without blank, {@code <s>} and {@code </s>}
 * @param words the words of the text in order, Chinese characters being words, each with its time; empty where times were not asked for
 * @param sentences what the marks of punctuation divide the words into, or where there is no punctuation one of all words of a segment;
 *     empty where times were not asked for
 * @param segments the stretches that were recognised in one go, in their order; none of them where the recording was recognised as it is
 * @param seconds length of the recording
 * @param elapsedSeconds time spent on it: reading it, and its share (by length) of the batch that it was part of
 * @param warnings what the user should know, one sentence each (data cut short, for example)
 */
public record Transcript(String text, List<Integer> tokens, List<Word> words, List<Sentence> sentences, List<TranscriptSegment> segments,
        double seconds, double elapsedSeconds, List<String> warnings) {
    /**
     * A word of the text.
     *
     * @param text the word as it stands in the text without punctuation
     * @param time when it was said
     */
    public record Word(String text, Timestamp time) {}

    /** The lists are copied. */
    public Transcript {
        words = List.copyOf(words);
        sentences = List.copyOf(sentences);
        segments = List.copyOf(segments);
        tokens = List.copyOf(tokens);
        warnings = List.copyOf(warnings);
    }

    /**
     * The same with punctuation.
     *
     * @param marks the marks by their ids
     */
    Transcript punctuated(Punctuated other, List<String> marks) {
        return new Transcript(other.text(), tokens, words, Sentences.of(words, other.marks(), marks), segments, seconds, elapsedSeconds, warnings);
    }

    /** The same with who says each sentence. */
    Transcript spoken(SpeakerTurns turns) {
        return new Transcript(text, tokens, words, sentences.stream().map(sentence -> sentence.by(turns.speakerOf(sentence.startMs(), sentence.endMs()))).toList(),
                segments, seconds, elapsedSeconds, warnings);
    }

    /** When each of the {@link #words} was said. */
    public List<Timestamp> timestamps() {
        return words.stream().map(Word::time).toList();
    }

    /** Real-time factor: time spent over length of the recording; 0 for an empty recording. */
    public double rtf() {
        return seconds > 0 ? elapsedSeconds / seconds : 0;
    }
}
