package dev.parasol.pipeline;

import dev.parasol.audio.AudioException;
import dev.parasol.audio.AudioStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Files on their way: read and divided block by block on a thread of its own, recognised by whoever serves the queue, and
 * answered in their order by the calling thread. The queue's room is what bounds how far reading is ahead, so that host memory
 * depends neither on the files' lengths nor on their number.
 */
final class FileFlow implements AutoCloseable {
    private final List<Recording> recordings;
    private final int blockSamples;
    private final Function<Optional<SourceState>, PieceSource> division;
    private final UtteranceQueue.Caller caller;
    private final Thread reader = new Thread(this::readAll, "parasol file reader");

    private FileFlow(List<Path> files, Journal journal, int blockSamples, Function<Optional<SourceState>, PieceSource> division, UtteranceQueue.Caller caller,
            FileFinish finish) {
        this.recordings = IntStream.range(0, files.size())
                .mapToObj(i -> new Recording(files.get(i), journal == null ? RecordingJournal.none() : journal.recording(i), finish.track())).toList();
        this.blockSamples = blockSamples;
        this.division = division;
        this.caller = caller;
        reader.setDaemon(true);
    }

    /**
     * Does all the work.
     *
     * @param journal what is known already is taken from there, and what is found goes there; null where none is kept
     * @param blockSamples are read and divided in one go
     * @param division of a recording, from its beginning or from where another one can go on
     * @param caller who submits; is left open
     * @param text of tokens
     * @param words whether words are given with their times
     * @param finish makes of each file's result the one that is told
     */
    static List<FileResult> results(List<Path> files, Journal journal, int blockSamples, Function<Optional<SourceState>, PieceSource> division, UtteranceQueue.Caller caller,
            TokenText text, boolean words, FileFinish finish, TranscriptionListener listener) {
        try (FileFlow flow = new FileFlow(files, journal, blockSamples, division, caller, finish)) {
            flow.reader.start();
            List<FileResult> results = new ArrayList<>();
            for (Recording recording : flow.recordings) {
                FileResult result = finish.of(result(recording, new TranscriptAssembly(text, words), listener), recording.speakers());
                results.add(result);
                listener.finished(result, results.size(), files.size());
            }
            return List.copyOf(results);
        }
    }

    private static FileResult result(Recording recording, TranscriptAssembly assembly, TranscriptionListener listener) {
        for (Optional<Part> part = recording.take(); part.isPresent(); part = recording.take()) {
            List<TranscriptSegment> known;
            Found found;
            try {
                found = part.get().await();
                known = assembly.add(part.get().place(), found);
            } catch (RuntimeException e) {
                recording.abandon();
                return FileResult.failed(recording.file(), named(recording, e));
            }
            recording.journal().add(part.get().place(), found, part.get().before());
            known.forEach(segment -> listener.segment(recording.file(), segment));
        }
        if (recording.failure() instanceof Error error) {
            throw error;
        }
        if (recording.failure() instanceof RuntimeException e) {
            return FileResult.failed(recording.file(), e instanceof AudioException ? e : named(recording, e));
        }
        return FileResult.of(recording.file(), assembly.transcript(recording.seconds(), recording.readSeconds(), recording.warnings()));
    }

    private static RecognitionException named(Recording recording, RuntimeException e) {
        return new RecognitionException(recording.file() + ": " + e.getMessage(), e);
    }

    private void readAll() {
        try {
            float[] block = new float[blockSamples];
            for (Recording recording : recordings) {
                try {
                    if (!recording.abandoned()) {
                        read(recording, block);
                    }
                } catch (RuntimeException e) {
                    recording.failed(e);    // whatever is wrong with one file concerns that file alone
                }
            }
        } catch (InterruptedException e) {
            // closed: nobody listens any more
        } catch (Error e) {
            recordings.forEach(recording -> recording.failed(e));
        } finally {
            caller.close();
        }
    }

    private void read(Recording recording, float[] block) throws InterruptedException {
        Stopwatch watch = new Stopwatch();
        try (AudioStream stream = AudioStream.open(recording.file())) {
            RecordingJournal journal = recording.journal();
            // A journal does not know what voices sound like: where that is asked for, the recording is heard from its beginning.
            boolean whole = recording.speakers().isPresent();
            for (int piece = 0; piece < journal.start() && !whole; piece++) {
                recording.add(journal.part(piece));
            }
            Optional<SourceState> start = whole ? Optional.empty() : journal.startState();
            PieceSource source = division.apply(start);
            start.ifPresent(state -> stream.skipTo(state.fromSample()));
            Optional<SourceState> state = Optional.empty();
            // Blocks are full but for the last one, so that a detector has much to do at a time.
            for (int count = stream.fill(block); count > 0 && !recording.abandoned(); count = stream.fill(block)) {
                submit(recording, source.accept(block, count), state, watch);
                state = journal.kept() ? source.state() : Optional.empty();
            }
            submit(recording, source.finish(), state, watch);
            recording.ended(stream.sourceSeconds(), watch.seconds(), stream.warnings());
        }
    }

    /** @param before where reading could begin to come to the first of the pieces next */
    private void submit(Recording recording, List<SpeechPiece> pieces, Optional<SourceState> before, Stopwatch watch) throws InterruptedException {
        int first = recording.added();
        for (SpeechPiece piece : pieces) {
            if (recording.abandoned()) {
                return;
            }
            Optional<Found> known = recording.journal().known(recording.added(), piece.place());
            if (known.isPresent()) {
                recording.add(new Part(piece.place(), known.get()));
            } else {
                Utterance utterance = new Utterance(piece.samples());
                watch.pause();
                recording.add(new Part(piece.place(), caller.submit(utterance), recording.added() == first ? before.orElse(null) : null));
                watch.go();
            }
            recording.speakers().ifPresent(track -> track.add(piece));
        }
    }

    /** Time spent, waiting aside. */
    private static final class Stopwatch {
        private long begun = System.nanoTime();
        private long spent;

        void pause() {
            spent += System.nanoTime() - begun;
        }

        void go() {
            begun = System.nanoTime();
        }

        double seconds() {
            pause();
            go();
            return spent * 1e-9;
        }
    }

    /** Waits until the block that is being read is; what nobody wants to know any more is cancelled. */
    @Override
    public void close() {
        reader.interrupt();
        recordings.forEach(Recording::abandon);
        boolean interrupted = false;
        while (reader.isAlive()) {
            try {
                reader.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        recordings.forEach(Recording::abandon);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
