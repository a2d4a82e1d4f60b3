package dev.parasol.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Where a {@link PieceSource} can go on with a recording: between pieces, where all earlier ones were told.
 *
 * @param vad the detector's
 * @param merger where segments are merged, else null
 */
record SourceState(VadState vad, Merger merger) {
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

    SourceState {
        if (vad == null) {
            throw new IllegalArgumentException("no state of a detector");
        }
    }

    /** As it is written into a journal. */
    JsonNode toJson() {
        return MAPPER.valueToTree(this);
    }

    /** @throws IllegalArgumentException when it is none */
    static SourceState of(JsonNode json) {
        try {
            return MAPPER.treeToValue(json, SourceState.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
