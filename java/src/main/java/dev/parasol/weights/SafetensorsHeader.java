package dev.parasol.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.parasol.files.Shown;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The header of a safetensors file, checked: tensors cover the data without gap or overlap, and shapes fit sizes. */
final class SafetensorsHeader {
    private static final int MAX_RANK = 8;
    private static final JsonFactory JSON = JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /** One tensor: bytes {@code begin} to {@code end} of the data. */
    record Entry(StoredType type, long[] shape, long begin, long end) {}

    private final String source;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private SafetensorsHeader(String source) {
        this.source = source;
    }

    Map<String, Entry> entries() {
        return entries;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    /** @param dataBytes what the file has behind its header */
    static SafetensorsHeader parse(String source, byte[] json, long dataBytes) {
        SafetensorsHeader header = new SafetensorsHeader(source);
        try (JsonParser parser = JSON.createParser(json)) {
            header.read(parser);
        } catch (JsonProcessingException e) {
            throw new ModelException(source + " has a header that is not valid JSON: " + JsonErrors.reason(e), e);
        } catch (IOException e) {
            throw new ModelException(source + " has a header that is not valid JSON: " + Shown.of(String.valueOf(e.getMessage())), e);
        }
        header.checkCover(dataBytes);
        return header;
    }

    private void read(JsonParser parser) throws IOException {
        expect(parser.nextToken() == JsonToken.START_OBJECT, "its header", "no JSON object");
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            if (name.equals("__metadata__")) {
                readMetadata(parser);
            } else {
                entries.put(name, readEntry(name, parser));
            }
        }
        expect(parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null, "its header", "something behind its JSON object");
    }

    private void readMetadata(JsonParser parser) throws IOException {
        expect(parser.nextToken() == JsonToken.START_OBJECT, "__metadata__", "no JSON object");
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            expect(parser.nextToken() == JsonToken.VALUE_STRING, "__metadata__", "a value that is no text");
            metadata.put(key, parser.getText());
        }
    }

    private Entry readEntry(String name, JsonParser parser) throws IOException {
        expect(parser.nextToken() == JsonToken.START_OBJECT, name, "no JSON object");
        StoredType type = null;
        long[] shape = null;
        long[] offsets = null;
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            switch (key) {
                case "dtype" -> type = type(name, parser);
                case "shape" -> shape = numbers(name, parser);
                case "data_offsets" -> offsets = numbers(name, parser);
                default -> throw wrong(name, "the unknown key " + Shown.of(key));
            }
        }
        expect(type != null && shape != null && offsets != null, name, "no dtype, shape or data_offsets");
        expect(offsets.length == 2, name, "data_offsets that are not two numbers");
        Entry entry = new Entry(type, shape, offsets[0], offsets[1]);
        checkSize(name, entry);
        return entry;
    }

    private StoredType type(String name, JsonParser parser) throws IOException {
        expect(parser.nextToken() == JsonToken.VALUE_STRING, name, "a dtype that is no text");
        String found = parser.getText();
        for (StoredType type : StoredType.values()) {
            if (type.name().equals(found)) {
                return type;
            }
        }
        throw wrong(name, "the dtype " + Shown.of(found) + ", which is not supported");
    }

    private long[] numbers(String name, JsonParser parser) throws IOException {
        expect(parser.nextToken() == JsonToken.START_ARRAY, name, "a shape or data_offsets that is no array");
        long[] numbers = new long[MAX_RANK];
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(count < MAX_RANK, name, "more than " + MAX_RANK + " dimensions");
            expect(parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getLongValue() >= 0, name, "a size or offset that is no whole number from 0 on");
            numbers[count++] = parser.getLongValue();
        }
        return Arrays.copyOf(numbers, count);
    }

    private void checkSize(String name, Entry entry) {
        long size;
        try {
            size = Math.multiplyExact(TensorInfo.count(entry.shape()), (long) entry.type().bytes());
        } catch (ArithmeticException e) {
            throw new ModelException(source + ": " + Shown.of(name) + " has an impossible shape: " + TensorInfo.text(entry.shape()), e);
        }
        if (entry.end() < entry.begin() || entry.end() - entry.begin() != size) {
            throw wrong(name, "the data_offsets " + entry.begin() + " and " + entry.end() + ", expected " + size + " bytes for "
                    + entry.type() + " " + TensorInfo.text(entry.shape()));
        }
    }

    private void checkCover(long dataBytes) {
        List<Map.Entry<String, Entry>> sorted = new ArrayList<>(entries.entrySet());
        sorted.sort(Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin()).thenComparingLong(e -> e.getValue().end()));
        long at = 0;
        for (Map.Entry<String, Entry> e : sorted) {
            if (e.getValue().begin() != at) {
                throw wrong(e.getKey(), "data that begin at byte " + e.getValue().begin() + ", expected " + at + " (no gap, no overlap)");
            }
            at = e.getValue().end();
        }
        if (at != dataBytes) {
            throw new ModelException(source + " has " + dataBytes + " bytes of tensors, expected " + at + (at > dataBytes ? " (cut short?)" : ""));
        }
    }

    private void expect(boolean condition, String name, String found) {
        if (!condition) {
            throw wrong(name, found);
        }
    }

    private ModelException wrong(String name, String found) {
        return new ModelException(source + ": " + Shown.of(name) + " has " + found);
    }
}
