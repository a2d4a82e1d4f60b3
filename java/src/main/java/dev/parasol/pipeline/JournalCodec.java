package dev.parasol.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.model.CifTrace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What was found in a piece of a recording, as JSON that gives it back to the bit. */
final class JournalCodec {
    private JournalCodec() {}

    /** Adds a piece's place and what was found there to {@code line}. */
    static void put(ObjectNode line, PiecePlace place, Found found) {
        line.put("start", place.startMs()).put("end", place.endMs()).put("before", place.beforeMs()).put("after", place.afterMs());
        line.put("continues", place.continues());
        ArrayNode ids = line.putArray("ids");
        for (int id : found.ids()) {
            ids.add(id);
        }
        if (found.trace() != null) {
            line.put("weights", bytes(found.trace().weights())).put("per_frame", found.trace().perFrame());
            if (found.trace().peaks() != null) {
                line.put("peaks", bytes(found.trace().peaks()));
            }
        }
        line.put("elapsed", found.elapsedSeconds());
    }

    /** @throws IllegalArgumentException when a member is missing or no number of its kind */
    static PiecePlace place(JsonNode line) {
        return new PiecePlace(whole(line, "start"), whole(line, "end"), whole(line, "before"), whole(line, "after"), line.path("continues").asBoolean());
    }

    /** @throws IllegalArgumentException likewise */
    static Found found(JsonNode line) {
        JsonNode ids = line.path("ids");
        if (!ids.isArray()) {
            throw new IllegalArgumentException("ids");
        }
        int[] numbers = new int[ids.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Math.toIntExact(whole(ids.get(i)));
        }
        CifTrace trace = line.has("weights") ? trace(line) : null;
        return new Found(numbers, trace, line.path("elapsed").asDouble());
    }

    private static CifTrace trace(JsonNode line) {
        float[] weights = floats(line, "weights");
        float[] peaks = line.has("peaks") ? floats(line, "peaks") : null;
        int perFrame = Math.toIntExact(whole(line, "per_frame"));
        if (perFrame < 1 || peaks != null && peaks.length != weights.length) {
            throw new IllegalArgumentException("weights");
        }
        return new CifTrace(weights, peaks, perFrame);
    }

    /** A whole number from 0 to 2^53. */
    static long whole(JsonNode line, String member) {
        return whole(line.path(member));
    }

    private static long whole(JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0 || value.asLong() > 1L << 53) {
            throw new IllegalArgumentException(value.toString());
        }
        return value.asLong();
    }

    static byte[] bytes(float[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return bytes.array();
    }

    private static float[] floats(JsonNode line, String member) {
        try {
            byte[] bytes = line.path(member).binaryValue();
            if (bytes == null || bytes.length % Float.BYTES != 0) {
                throw new IllegalArgumentException(member);
            }
            float[] numbers = new float[bytes.length / Float.BYTES];
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
            return numbers;
        } catch (IOException e) {
            throw new IllegalArgumentException(member, e);
        }
    }
}
