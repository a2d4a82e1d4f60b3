package dev.parasol.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Where a {@link PieceSource} can go on with a recording: between pieces, where all earlier ones were told.
 *
 * @param fromSample the first sample that it is given then
 * @param vad the detector's; null where there is none
 * @param merger where segments are merged, else null
 * @param window where there is no detector, else null
 */
record SourceState(long fromSample, VadState vad, Merger merger, Window window) {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

    /**
     * A merger's, and the last two segments that it was given.
     *
     * @param cut where the piece begins that is not finished
     * @param last the last point where it may be cut
     * @param latest null where there was none, which is the same of {@code previous}
     */
    record Merger(long cut, long last, Segment latest, Segment previous) {
        Merger {
            if (cut < 0 || last < -1 || (latest == null) != (previous == null)) {
                throw new IllegalArgumentException("no state of a merger");
            }
        }
    }

    /**
     * The window that comes next.
     *
     * @param startMs where it begins
     * @param beforeMs by what it is heard from earlier on
     */
    record Window(long startMs, long beforeMs) {
        Window {
            if (beforeMs < 0 || startMs < beforeMs) {
                throw new IllegalArgumentException("no state of a window");
            }
        }
    }

    SourceState {
        if (fromSample < 0 || (vad == null) == (window == null)) {
            throw new IllegalArgumentException("no state of a recording's division");
        }
    }

    /** @param merger null where segments are not merged */
    static SourceState of(VadState vad, Merger merger) {
        return new SourceState(vad.fromSample(), vad, merger, null);
    }

    static SourceState of(Window window) {
        return new SourceState((window.startMs() - window.beforeMs()) * SpeechPiece.PER_MS, null, null, window);
    }

    /** As it is written into a journal. */
    JsonNode toJson() {
        return MAPPER.valueToTree(this);
    }

    /** @throws IllegalArgumentException when it is none */
    static SourceState fromJson(JsonNode json) {
        try {
            return MAPPER.treeToValue(json, SourceState.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
