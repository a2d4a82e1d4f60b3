package dev.parasol.pipeline;

import dev.parasol.audio.AudioClip;
import dev.parasol.audio.AudioReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files on their way through a recognizer: read one after another, packed into batches by their seconds, answered in order. */
final class FileBatch {
    private final Recognizer recognizer;
    private final List<Path> files;
    private final double batchSeconds;
    private final TranscriptionListener listener;
    private final List<FileResult> results = new ArrayList<>();
    private final List<Read> pending = new ArrayList<>();

    /** A file that was read, or that could not be. */
    private record Read(Path file, Utterance utterance, double fileSeconds, List<String> warnings, RuntimeException error) {
        /** What it adds to a batch. */
        double seconds() {
            return utterance == null || utterance.silent() ? 0 : utterance.seconds();
        }
    }

    FileBatch(Recognizer recognizer, List<Path> files, double batchSeconds, TranscriptionListener listener) {
        this.recognizer = recognizer;
        this.files = files;
        this.batchSeconds = batchSeconds;
        this.listener = listener;
    }

    /** Does all the work. */
    List<FileResult> results() {
        double packed = 0;
        for (Path file : files) {
            Read read = read(file);
            if (packed + read.seconds() > batchSeconds) {
                flush();
                packed = 0;
            }
            pending.add(read);
            packed += read.seconds();
            if (packed == 0) {
                flush();    // nothing to wait for
            }
        }
        flush();
        return List.copyOf(results);
    }

    /** Whatever is wrong with one file concerns that file alone. */
    private static Read read(Path file) {
        long start = System.nanoTime();
        try {
            AudioClip clip = AudioReader.read(file);
            Utterance utterance = new Utterance(clip.samples());
            utterance.spent((System.nanoTime() - start) * 1e-9);
            return new Read(file, utterance, clip.seconds(), clip.warnings(), null);
        } catch (RuntimeException e) {
            return new Read(file, null, 0, List.of(), e);
        }
    }

    private void flush() {
        recognizer.recognise(pending.stream().filter(read -> read.error() == null).map(Read::utterance).toList());
        for (Read read : pending) {
            FileResult result = result(read);
            results.add(result);
            listener.finished(result, results.size(), files.size());
        }
        pending.clear();
    }

    private FileResult result(Read read) {
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
