package dev.parasol.pipeline;

import dev.parasol.memory.DeviceMemoryExhausted;
import java.util.Optional;

/** What comes behind the recognition of a file: punctuation, then the speakers of its sentences, each where it was asked for. Thread-safe. */
final class FileFinish {
    private final Punctuator punctuator;
    private final SpeakerDiarizer diarizer;
    private final Integer speakers;

    /**
     * @param punctuator null where there is none
     * @param diarizer null where nobody asks who speaks
     * @param speakers how many there are, or null
     */
    FileFinish(Punctuator punctuator, SpeakerDiarizer diarizer, Integer speakers) {
        this.punctuator = punctuator;
        this.diarizer = diarizer;
        this.speakers = speakers;
    }

    /** What is to be given the speech of a recording. */
    Optional<SpeakerTrack> track() {
        return Optional.ofNullable(diarizer).map(SpeakerDiarizer::open);
    }

    /** The result that is told. What failed before stays as it is. */
    FileResult of(FileResult recognised, Optional<SpeakerTrack> track) {
        FileResult result = punctuator == null ? recognised : punctuator.punctuate(recognised);
        if (track.isEmpty() || result.transcript().isEmpty()) {
            return result;
        }
        try {
            return FileResult.of(result.file(), result.orThrow().spoken(track.get().turns(speakers)));
        } catch (DeviceMemoryExhausted | RecognitionException e) {
            return FileResult.failed(result.file(), e);
        }
    }
}
