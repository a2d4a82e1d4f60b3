package dev.parasol.pipeline;

import java.util.List;

/**
 * What was said in one recording.
 *
 * @param text the text; empty where nothing was said
 * @param tokens token ids in order, without blank, {@code <s>} and {@code </s>}
 * @param seconds length of the recording
 * @param elapsedSeconds time spent on it: reading it, and its share (by length) of the batch that it was part of
 * @param warnings what the user should know, one sentence each (data cut short, for example)
 */
public record Transcript(String text, List<Integer> tokens, double seconds, double elapsedSeconds, List<String> warnings) {
    /** The lists are copied. */
    public Transcript {
        tokens = List.copyOf(tokens);
        warnings = List.copyOf(warnings);
    }

    /** The same with another text. */
    Transcript withText(String other) {
        return new Transcript(other, tokens, seconds, elapsedSeconds, warnings);
    }

    /** Real-time factor: time spent over length of the recording; 0 for an empty recording. */
    public double rtf() {
        return seconds > 0 ? elapsedSeconds / seconds : 0;
    }
}
