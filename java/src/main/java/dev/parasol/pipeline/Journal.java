package dev.parasol.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A file that a run writes what it has recognised into, piece by piece, so that another run can go on where it was killed. It is
 * about certain recordings, models and settings; a run with others refuses it and says what is different. The result is that of a
 * run which was never interrupted. The file goes when the run has come to its end.
 *
 * <pre>{@code
 * SpeechTranscriber.Builder settings = SpeechTranscriber.builder().model("path/to/paraformer").vadModel("path/to/fsmn-vad");
 * try (Journal journal = Journal.resume(Path.of("run.journal"), settings.identity(), files); SpeechTranscriber transcriber = settings.build()) {
 *     transcriber.transcribe(files, journal, listener);
 *     journal.complete();
 * }
 * }</pre>
 *
 * <p>Thread-safe; used for one call of {@code transcribe}.
 */
public final class Journal implements AutoCloseable {
    private static final String VERSION = "parasol_journal";
    private static final int CURRENT = 1;

    private final JournalFile file;
    private final List<RecordingJournal> recordings = new ArrayList<>();

    private Journal(JournalFile file, int recordings) {
        this.file = file;
        for (int i = 0; i < recordings; i++) {
            this.recordings.add(new RecordingJournal(file, i));
        }
    }

    /**
     * A new journal.
     *
     * @param settings models and settings that results depend on
     * @throws JournalException when there is such a file already, or it cannot be written
     */
    public static Journal begin(Path path, Map<String, String> settings, List<Path> files) {
        if (Files.exists(path)) {
            throw new JournalException(path + " exists already: an interrupted run has left it, or it is no journal. "
                    + "Resume that run, remove the file, or name another one");
        }
        Journal journal = new Journal(JournalFile.create(path), files.size());
        journal.writeHeader(header(settings, files));
        return journal;
    }

    /**
     * The journal of an interrupted run, or a new one where there is none.
     *
     * @throws JournalException when it is that of another run, naming what is different, or no journal, or cannot be used
     */
    public static Journal resume(Path path, Map<String, String> settings, List<Path> files) {
        if (!Files.exists(path)) {
            return begin(path, settings, files);
        }
        Journal journal = new Journal(JournalFile.open(path), files.size());
        try {
            journal.readAll(header(settings, files));
            return journal;
        } catch (RuntimeException e) {
            journal.file.close();
            throw e;
        }
    }

    /**
     * Removes a journal that nobody will go on with.
     *
     * @throws JournalException when it is no journal, or in use
     */
    public static void discard(Path path) {
        try (JournalFile file = JournalFile.open(path)) {
            boolean[] journal = new boolean[1];
            file.read(line -> {
                journal[0] = line.has(VERSION);
                return false;
            });
            if (!journal[0]) {
                throw new JournalException(path + " is no journal and is not removed");
            }
            file.delete();
        }
    }

    /** A line for the run and one for each file, in one write, so that they are rarely torn. */
    private static List<ObjectNode> header(Map<String, String> settings, List<Path> files) {
        List<ObjectNode> lines = new ArrayList<>();
        ObjectNode first = JsonNodeFactory.instance.objectNode().put(VERSION, CURRENT).put("files", files.size());
        ObjectNode values = first.putObject("settings");
        new TreeMap<>(settings).forEach(values::put);
        lines.add(first);
        for (Path file : files) {
            ObjectNode line = JsonNodeFactory.instance.objectNode().put("name", file.toAbsolutePath().normalize().toString());
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                line.put("bytes", attributes.size()).put("modified", attributes.lastModifiedTime().toMillis());
            } catch (IOException e) {
                line.put("missing", true);
            }
            lines.add(line);
        }
        return lines;
    }

    private void writeHeader(List<ObjectNode> header) {
        file.append(header);
    }

    private void readAll(List<ObjectNode> header) {
        List<JsonNode> read = new ArrayList<>();
        long good = file.read(line -> {
            if (read.size() < header.size()) {
                check(line, header.get(read.size()), read.size());
                read.add(line);
                return true;
            }
            return piece(line);
        });
        boolean headerRead = read.size() == header.size();
        if (!headerRead && !unfinishedHeader(header)) {
            throw new JournalException(file.path() + " is no journal, or one whose beginning is damaged");
        }
        file.trim(headerRead ? good : 0);
        if (!headerRead) {
            writeHeader(header);
        }
    }

    /** Whether the run was killed while it wrote the header: the file is the beginning of this one. */
    private boolean unfinishedHeader(List<ObjectNode> header) {
        StringBuilder whole = new StringBuilder();
        header.forEach(line -> whole.append(line).append('\n'));
        return file.isBeginningOf(whole.toString());
    }

    private void check(JsonNode line, JsonNode expected, int index) {
        if (index == 0 && !line.has(VERSION)) {
            throw new JournalException(file.path() + " is no journal");
        }
        if (index == 0 && line.path(VERSION).asInt() != CURRENT) {
            throw new JournalException("the journal " + file.path() + " has version " + line.path(VERSION) + ", expected " + CURRENT);
        }
        List<String> differences = new ArrayList<>();
        compare(index == 0 ? "" : "recording " + index + ": ", line, expected, differences);
        if (differences.isEmpty()) {
            return;
        }
        throw new JournalException("the journal " + file.path() + " is of another run: " + String.join("; ", differences));
    }

    private static void compare(String where, JsonNode line, JsonNode expected, List<String> differences) {
        Set<String> names = new LinkedHashSet<>();
        line.fieldNames().forEachRemaining(names::add);
        expected.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            JsonNode was = line.path(name);
            JsonNode is = expected.path(name);
            if (was.isObject() && is.isObject()) {
                compare(where, was, is, differences);
            } else if (!was.toString().equals(is.toString())) {    // numbers as they are written, whatever their type
                differences.add(where + name + " was " + shown(was) + " and is " + shown(is));
            }
        }
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "not there" : value.isTextual() ? "'" + value.asText() + "'" : value.toString();
    }

    /** Takes a line behind the header; false when it is damaged. */
    private boolean piece(JsonNode line) {
        try {
            RecordingJournal recording = recordings.get(Math.toIntExact(JournalCodec.whole(line, "file")));
            if (JournalCodec.whole(line, "piece") != recording.known()) {
                return false;
            }
            recording.read(JournalCodec.place(line), JournalCodec.found(line), line.has("before_it") ? SourceState.fromJson(line.get("before_it")) : null);
            return true;
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    /** Segments that need not be recognised again. */
    public int knownSegments() {
        return recordings.stream().mapToInt(RecordingJournal::known).sum();
    }

    /** Seconds of the recordings that they reach, all together. */
    public double knownSeconds() {
        return recordings.stream().mapToLong(RecordingJournal::knownMs).sum() * 1e-3;
    }

    RecordingJournal recording(int index) {
        return recordings.get(index);
    }

    int recordings() {
        return recordings.size();
    }

    /** The run has come to its end: the file is removed. */
    public void complete() {
        file.delete();
    }

    /** Closes the file, which stays unless the run is {@link #complete}. Idempotent. */
    @Override
    public void close() {
        file.close();
    }
}
