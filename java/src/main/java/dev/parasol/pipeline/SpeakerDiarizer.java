package dev.parasol.pipeline;

import java.util.Arrays;
import java.util.List;

/**
 * Finds out who speaks when, as FunASR does: windows of 1.5 s of the speech have an embedding each, those that are alike are one speaker's.
 *
 * <pre>{@code
 * SpeakerDiarizer diarizer = new SpeakerDiarizer(encoder);
 * SpeakerTurns turns = diarizer.diarize(detector.detect(samples), samples, null);
 * int speaker = turns.speakerOf(sentence.startMs(), sentence.endMs());
 * }</pre>
 *
 * <p>Thread-safe. Errors are those of {@link SpeakerEncoder}.
 */
public final class SpeakerDiarizer {
    private final SpeakerEncoder encoder;

    /** @param encoder stays the caller's, and open while there is something to be found out */
    public SpeakerDiarizer(SpeakerEncoder encoder) {
        this.encoder = encoder;
    }

    /** A recording whose speech will come segment by segment. It holds nothing that must be released. */
    public SpeakerTrack open() {
        return new SpeakerTrack(encoder);
    }

    /**
     * Who speaks when.
     *
     * @param segments where there is speech, in their order
     * @param samples is asked for samples of the segments, in their order
     * @param speakers how many there are, 1 to {@link SpeakerTrack#MOST_SPEAKERS}; or null
     */
    public SpeakerTurns diarize(List<Segment> segments, SampleRange samples, Integer speakers) {
        SpeakerTrack track = open();
        segments.forEach(segment -> track.add(segment, samples));
        return track.turns(speakers);
    }

    /** {@link #diarize(List, SampleRange, Integer)} of a recording in memory: mono, 16 kHz, full scale -1 … 1. */
    public SpeakerTurns diarize(List<Segment> segments, float[] samples, Integer speakers) {
        return diarize(segments, (begin, end) -> Arrays.copyOfRange(samples, (int) Math.min(begin, samples.length), (int) Math.min(end, samples.length)), speakers);
    }
}
