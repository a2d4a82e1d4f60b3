package dev.parasol.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code tokens.json} (an array of text) and {@code tokens.txt} (a token a line). */
final class VocabularyReader {
    static final int MAX_BYTES = 64 << 20;
    /** Far beyond any model; ten million tokens of a letter would take a gigabyte. */
    private static final int MAX_TOKENS = 1 << 20;

    private VocabularyReader() {}

    static Vocabulary parse(String file, String text) {
        List<String> tokens = file.endsWith(".json") ? json(file, text) : lines(file, text);
        if (tokens.size() < 3) {
            throw new ModelException(file + " has " + tokens.size() + " tokens, expected at least <blank>, <s> and </s>");
        }
        return new Vocabulary(tokens);
    }

    private static List<String> json(String file, String text) {
        List<String> tokens = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new ModelException(file + " does not begin with '[', expected a JSON array of tokens");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() != JsonToken.VALUE_STRING) {
                    throw new ModelException(file + ": token " + tokens.size() + " is not text");
                }
                if (tokens.size() == MAX_TOKENS) {
                    throw tooMany(file);
                }
                tokens.add(parser.getText());
            }
            if (parser.nextToken() != null) {
                throw new ModelException(file + " goes on after its array of tokens");
            }
        } catch (JsonProcessingException e) {
            throw new ModelException(file + " is not valid JSON: " + JsonErrors.reason(e), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // reading from memory does not fail
        }
        return tokens;
    }

    private static List<String> lines(String file, String text) {
        List<String> tokens = text.lines().limit(MAX_TOKENS + 1).map(String::stripTrailing).toList();
        if (tokens.size() > MAX_TOKENS) {
            throw tooMany(file);
        }
        return tokens;
    }

    private static ModelException tooMany(String file) {
        return new ModelException(file + " has more than " + MAX_TOKENS + " tokens");
    }
}
