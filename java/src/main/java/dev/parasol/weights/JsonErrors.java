package dev.parasol.weights;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.parasol.files.Shown;

/** What is wrong with a JSON text, in words for a user. */
final class JsonErrors {
    private JsonErrors() {}

    /** Jackson's words without what it says of its own settings, and the place. */
    static String reason(JsonProcessingException failure) {
        String words = Shown.of(failure.getOriginalMessage().replaceFirst("\\s*\\(start marker at .*", ""), 200);
        JsonLocation place = failure.getLocation();
        return place == null || place.getLineNr() < 1 ? words : words + " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")";
    }
}
