package dev.parasol.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The speakers of one recording, whose speech comes segment by segment. Holds an embedding of 192 numbers for every 0.75 s of speech, and
 * the samples of {@link SpeakerEncoder#BATCH} windows at the most. Not thread-safe; tracks of one diarizer may be used by different threads.
 */
public final class SpeakerTrack {
    /** More speakers cannot be asked for. */
    public static final int MOST_SPEAKERS = 64;

    private final SpeakerEncoder encoder;
    private final List<SpeakerWindows.Window> windows = new ArrayList<>();
    private final List<float[]> embeddings = new ArrayList<>();
    private final List<float[]> waiting = new ArrayList<>();
    private long startMs;

    SpeakerTrack(SpeakerEncoder encoder) {
        this.encoder = encoder;
    }

    /**
     * Takes the next segment.
     *
     * @param segment speech that begins where the one before begins, or later
     * @param samples is asked for samples of this segment only, before this returns
     */
    public void add(Segment segment, SampleRange samples) {
        if (segment.startMs() < startMs) {
            throw new IllegalArgumentException("a segment from " + segment.startMs() + " ms on after one from " + startMs + " ms on");
        }
        startMs = segment.startMs();
        for (SpeakerWindows.Window window : SpeakerWindows.of(segment)) {
            windows.add(window);
            waiting.add(Arrays.copyOf(samples.read(window.begin(), window.end()), SpeakerWindows.WINDOW));
            if (waiting.size() == SpeakerEncoder.BATCH) {
                embed();
            }
        }
    }

    /** Takes the next piece of speech. */
    void add(SpeechPiece piece) {
        long first = piece.place().heardFromMs() * SpeechPiece.PER_MS;
        float[] samples = piece.samples();
        add(new Segment(piece.place().startMs(), piece.place().endMs()),
                (begin, end) -> Arrays.copyOfRange(samples, (int) Math.min(begin - first, samples.length), (int) Math.min(end - first, samples.length)));
    }

    private void embed() {
        embeddings.addAll(encoder.embed(waiting));
        waiting.clear();
    }

    /**
     * Who speaks when in the segments so far. More of them may follow.
     *
     * @param speakers how many there are, 1 to {@link #MOST_SPEAKERS}; or null
     */
    public SpeakerTurns turns(Integer speakers) {
        if (speakers != null && (speakers < 1 || speakers > MOST_SPEAKERS)) {
            throw new IllegalArgumentException(speakers + " speakers, expected 1 to " + MOST_SPEAKERS);
        }
        embed();
        return SpeakerTurns.of(windows, SpeakerClusters.labels(embeddings, speakers));
    }
}
