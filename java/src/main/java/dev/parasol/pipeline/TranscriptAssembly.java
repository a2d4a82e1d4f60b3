package dev.parasol.pipeline;

import java.util.ArrayList;
import java.util.List;

/** Makes one transcript of what was found in a recording's pieces, which come in their order. Not thread-safe. */
final class TranscriptAssembly {
    private final TokenText text;
    private final boolean words;
    /** Tokens of pieces whose texts are one. */
    private final List<List<Integer>> joined = new ArrayList<>();
    private final List<TranscriptSegment> segments = new ArrayList<>();
    private double elapsedSeconds;
    /** The last window, as long as it is not known which of its last words are its own. */
    private Window open;

    /** A piece and those of its tokens, from {@code first} on, that are not the one's before it. */
    private record Window(PiecePlace place, WindowSeam.Heard heard, int first) {}

    /** @param words whether words are given with their times */
    TranscriptAssembly(TokenText text, boolean words) {
        this.text = text;
        this.words = words;
    }

    /** The next piece; the segments that are known now. */
    List<TranscriptSegment> add(PiecePlace place, Found found) {
        elapsedSeconds += found.elapsedSeconds();
        List<TranscriptSegment> known = new ArrayList<>();
        List<Integer> tokens = TokenText.tokens(found.ids());
        List<Timestamp> times = found.trace() == null ? List.of() : TokenText.times(found.ids(), found.trace(), Math.toIntExact(place.heardFromMs()));
        Window window = new Window(place, new WindowSeam.Heard(tokens, times), 0);
        if (open != null) {
            WindowSeam seam = WindowSeam.at(place.startMs(), open.heard, window.heard, text::continues);
            known.add(segment(open, seam.left()));
            window = new Window(place, window.heard, seam.right());
            open = null;
        }
        if (place.afterMs() > 0 && found.trace() != null) {
            open = window;
        } else {
            known.add(segment(window, window.heard.size()));
        }
        return known;
    }

    private TranscriptSegment segment(Window window, int end) {
        int from = Math.min(window.first, end);
        List<Integer> tokens = window.heard.ids().subList(from, end);
        if (!window.place.continues() || joined.isEmpty()) {
            joined.add(new ArrayList<>());
        }
        joined.get(joined.size() - 1).addAll(tokens);
        TranscriptSegment segment = new TranscriptSegment(window.place.startMs(), window.place.endMs(), text.text(tokens), tokens,
                words && !window.heard.times().isEmpty() ? text.words(tokens, window.heard.times().subList(from, end)) : List.of());
        segments.add(segment);
        return segment;
    }

    /**
     * The whole: texts joined by blanks, as FunASR does, and those of a segment that was divided as if it had not been.
     *
     * @param seconds length of the recording
     * @param readSeconds time spent beside the recognition
     */
    Transcript transcript(double seconds, double readSeconds, List<String> warnings) {
        String whole = String.join(" ", joined.stream().map(text::text).filter(part -> !part.isEmpty()).toList());
        return new Transcript(whole, segments.stream().flatMap(segment -> segment.tokens().stream()).toList(),
                segments.stream().flatMap(segment -> segment.words().stream()).toList(),
                segments.stream().flatMap(segment -> Sentences.of(segment.words(), List.of(), List.of()).stream()).toList(), segments, seconds, readSeconds + elapsedSeconds, warnings);
    }
}
