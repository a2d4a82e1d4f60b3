package dev.parasol.pipeline;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** One file between the thread that reads and divides it and the one that answers. */
final class Recording {
    private final Path file;
    private final RecordingJournal journal;
    private final Optional<SpeakerTrack> speakers;
    /** Empty at the end. */
    private final BlockingQueue<Optional<Part>> parts = new LinkedBlockingQueue<>();
    private volatile boolean abandoned;
    private int added;
    // Written before the end is handed over, read after it.
    private double seconds;
    private double readSeconds;
    private List<String> warnings = List.of();
    private Throwable failure;

    /** @param speakers is given the speech by the thread that adds parts, and may be asked by the other one at the end */
    Recording(Path file, RecordingJournal journal, Optional<SpeakerTrack> speakers) {
        this.file = file;
        this.journal = journal;
        this.speakers = speakers;
    }

    Path file() {
        return file;
    }

    RecordingJournal journal() {
        return journal;
    }

    Optional<SpeakerTrack> speakers() {
        return speakers;
    }

    /** The next part. */
    void add(Part part) {
        parts.add(Optional.of(part));
        added++;
    }

    /** How many parts were added; for the thread that adds them. */
    int added() {
        return added;
    }

    /** There are no more parts. */
    void ended(double length, double spentReading, List<String> told) {
        seconds = length;
        readSeconds = spentReading;
        warnings = told;
        parts.add(Optional.empty());
    }

    /** There are no more parts since something went wrong. */
    void failed(Throwable e) {
        failure = e;
        parts.add(Optional.empty());
    }

    /** The next part, which is waited for; empty at the end. */
    Optional<Part> take() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return parts.take();
                } catch (InterruptedException e) {
                    interrupted = true;    // which ends no work
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Nobody wants to know any more: it need not be read further, and what waits is cancelled. */
    void abandon() {
        abandoned = true;
        parts.forEach(part -> part.ifPresent(Part::cancel));
    }

    boolean abandoned() {
        return abandoned;
    }

    /** At the end: its length in seconds. */
    double seconds() {
        return seconds;
    }

    /** At the end: seconds that were spent reading and dividing it. */
    double readSeconds() {
        return readSeconds;
    }

    /** At the end: what the user should know. */
    List<String> warnings() {
        return warnings;
    }

    /** At the end: what went wrong with reading, or null. */
    Throwable failure() {
        return failure;
    }
}
