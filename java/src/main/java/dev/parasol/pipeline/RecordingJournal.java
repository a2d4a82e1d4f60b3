package dev.parasol.pipeline;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a journal knows of one recording: of its first pieces, in their order, what was found in them. What is known as a run begins
 * may be asked for by any thread; pieces are added by one thread, in their order.
 */
final class RecordingJournal {
    /** A piece that was recognised, and where reading could begin to come to it next, or null. */
    private record Known(PiecePlace place, Found found, SourceState before) {}

    private final JournalFile file;
    private final int recording;
    private final List<Known> known = new ArrayList<>();
    private int start;
    private int added;

    /** @param file null where no journal is kept */
    RecordingJournal(JournalFile file, int recording) {
        this.file = file;
        this.recording = recording;
    }

    /** Where no journal is kept. */
    static RecordingJournal none() {
        return new RecordingJournal(null, 0);
    }

    /** Whether pieces are written. */
    boolean kept() {
        return file != null;
    }

    /** While the journal is read: its next piece. */
    void read(PiecePlace place, Found found, SourceState before) {
        if (before != null) {
            start = known.size();
        }
        known.add(new Known(place, found, before));
    }

    /** The piece that comes next when reading begins at {@link #startState}; all before it are known. */
    int start() {
        return start;
    }

    /** Where reading may begin; empty for the recording's beginning. */
    Optional<SourceState> startState() {
        return start == 0 ? Optional.empty() : Optional.of(known.get(start).before());
    }

    /** A piece that is known. */
    Part part(int piece) {
        return new Part(known.get(piece).place(), known.get(piece).found());
    }

    /** Pieces that were known as the run began. */
    int known() {
        return known.size();
    }

    /** Milliseconds of the recording up to the end of the last piece that was known as the run began. */
    long knownMs() {
        return known.isEmpty() ? 0 : known.get(known.size() - 1).place().endMs();
    }

    /**
     * What was found in a piece; empty where that was not known as the run began.
     *
     * @throws JournalException when another piece was known
     */
    Optional<Found> known(int piece, PiecePlace place) {
        if (piece >= known.size()) {
            return Optional.empty();
        }
        Known there = known.get(piece);
        if (!there.place().equals(place)) {
            throw new JournalException("the journal " + file.path() + " has a segment from " + there.place().startMs() + " to " + there.place().endMs()
                    + " ms where there is one from " + place.startMs() + " to " + place.endMs() + " ms; without it everything is done anew");
        }
        return Optional.of(there.found());
    }

    /**
     * The next piece; written where it was not known.
     *
     * @param before where reading could begin to come to it next, or null
     */
    void add(PiecePlace place, Found found, SourceState before) {
        if (file != null && added >= known.size()) {
            ObjectNode line = JsonNodeFactory.instance.objectNode().put("file", recording).put("piece", added);
            JournalCodec.put(line, place, found);
            if (before != null) {
                line.set("before_it", before.toJson());
            }
            file.append(List.of(line));
        }
        added++;
    }
}
