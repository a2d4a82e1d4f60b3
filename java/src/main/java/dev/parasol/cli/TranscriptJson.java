package dev.parasol.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.pipeline.Sentence;
import dev.parasol.pipeline.SentenceWord;
import dev.parasol.pipeline.Timestamp;
import dev.parasol.pipeline.Transcript;
import dev.parasol.pipeline.TranscriptSegment;
import java.util.List;
import java.util.stream.Collectors;

/** Transcripts as JSON objects; times are milliseconds. */
final class TranscriptJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private TranscriptJson() {}

    /**
     * The project's own object.
     *
     * @param timed whether words and sentences and their times are told
     */
    static ObjectNode of(String name, Transcript transcript, boolean timed) {
        ObjectNode line = MAPPER.createObjectNode();
        line.put("file", name);
        line.put("text", transcript.text());
        ArrayNode tokens = line.putArray("tokens");
        transcript.tokens().forEach(tokens::add);
        if (timed) {
            words(line, transcript.words());
            sentences(line.putArray("sentence_info"), transcript.sentences());
        }
        ArrayNode segments = line.putArray("segments");
        for (TranscriptSegment segment : transcript.segments()) {
            segments.addObject().put("start", segment.startMs()).put("end", segment.endMs()).put("text", segment.text());
        }
        line.put("seconds", transcript.seconds());
        line.put("rtf", transcript.rtf());
        return line;
    }

    /**
     * A segment as it is told before its recording has ended.
     *
     * @param timed whether words and their times are told
     */
    static ObjectNode of(String name, TranscriptSegment segment, boolean timed) {
        ObjectNode line = MAPPER.createObjectNode().put("file", name);
        line.put("start", segment.startMs()).put("end", segment.endMs()).put("text", segment.text());
        if (timed) {
            words(line, segment.words());
        }
        return line;
    }

    /** FunASR's: the key is the file's name without its extension, and text without punctuation has blanks between all its words. */
    static ObjectNode funasr(String name, Transcript transcript) {
        ObjectNode item = MAPPER.createObjectNode();
        item.put("key", OutputNames.stem(name));
        String spaced = transcript.words().stream().map(Transcript.Word::text).collect(Collectors.joining(" "));
        item.put("text", spaced.replace(" ", "").equals(transcript.text().replace(" ", "")) ? spaced : transcript.text());
        times(item.putArray("timestamp"), transcript.timestamps());
        sentences(item.putArray("sentence_info"), transcript.sentences());
        return item;
    }

    /** What failed, in the project's own words. */
    static ObjectNode error(String key, String name, RuntimeException error) {
        return MAPPER.createObjectNode().put(key, name).put("error", error.getMessage());
    }

    private static void words(ObjectNode line, List<Transcript.Word> words) {
        ArrayNode texts = line.putArray("words");
        words.forEach(word -> texts.add(word.text()));
        times(line.putArray("timestamp"), words.stream().map(Transcript.Word::time).toList());
    }

    private static void times(ArrayNode array, List<Timestamp> times) {
        times.forEach(time -> array.addArray().add(time.startMs()).add(time.endMs()));
    }

    private static void sentences(ArrayNode array, List<Sentence> sentences) {
        for (Sentence sentence : sentences) {
            ObjectNode object = array.addObject();
            object.put("text", sentence.text());
            object.put("start", sentence.startMs());
            object.put("end", sentence.endMs());
            ArrayNode times = object.putArray("timestamp");
            sentence.words().stream().filter(SentenceWord::timed).forEach(word -> times.addArray().add(word.startMs()).add(word.endMs()));
            sentence.speaker().ifPresent(speaker -> object.put("spk", speaker));
        }
    }
}
