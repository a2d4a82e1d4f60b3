package dev.parasol.pipeline;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Files on their way through a recognizer: read ahead, packed into batches by their seconds, answered in order. The listener is
 * told between turns, so that it may take its time.
 */
final class FileBatch implements BatchSource {
    private final Recognizer recognizer;
    private final List<Path> files;
    private final ReadAhead reader;
    private final TranscriptionListener listener;
    private final List<FileResult> results = new ArrayList<>();
    private final Deque<FileRead> unanswered = new ArrayDeque<>();

    private FileBatch(Recognizer recognizer, List<Path> files, ReadAhead reader, TranscriptionListener listener) {
        this.recognizer = recognizer;
        this.files = files;
        this.reader = reader;
        this.listener = listener;
    }

    /** Does all the work. */
    static List<FileResult> results(Recognizer recognizer, List<Path> files, double batchSeconds, TranscriptionListener listener) {
        try (ReadAhead reader = new ReadAhead(files, batchSeconds)) {
            FileBatch batch = new FileBatch(recognizer, files, reader, listener);
            recognizer.recognise(batch);
            return List.copyOf(batch.results);
        }
    }

    @Override
    public List<Utterance> take() {
        while (true) {
            answer();
            List<FileRead> read = reader.take();
            if (read == null) {
                return null;
            }
            List<Utterance> batch = batch(read);
            if (!batch.isEmpty()) {
                return batch;
            }
        }
    }

    @Override
    public List<Utterance> poll() {
        List<FileRead> read = reader.poll();
        while (read != null) {
            List<Utterance> batch = batch(read);
            if (!batch.isEmpty()) {
                return batch;
            }
            read = reader.poll();
        }
        return null;
    }

    private List<Utterance> batch(List<FileRead> read) {
        unanswered.addAll(read);
        return read.stream().filter(FileRead::audible).map(FileRead::utterance).toList();
    }

    /** Tells the results of those files before which none is unfinished. */
    private void answer() {
        while (!unanswered.isEmpty() && (!unanswered.peek().audible() || unanswered.peek().utterance().finished())) {
            FileResult result = result(unanswered.remove());
            results.add(result);
            listener.finished(result, results.size(), files.size());
        }
    }

    private FileResult result(FileRead read) {
        if (read.error() != null) {
            return FileResult.failed(read.file(), read.error());
        }
        RuntimeException error = read.utterance().error();
        if (error != null) {
            return FileResult.failed(read.file(), new RecognitionException(read.file() + ": " + error.getMessage(), error));
        }
        return FileResult.of(read.file(), recognizer.transcript(read.utterance(), read.fileSeconds(), read.warnings()));
    }
}
