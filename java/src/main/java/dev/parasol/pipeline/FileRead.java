package dev.parasol.pipeline;

import dev.parasol.audio.AudioClip;
import dev.parasol.audio.AudioReader;
import java.nio.file.Path;
import java.util.List;

/** A file that was read, or that could not be: then it has an error and no utterance. */
record FileRead(Path file, Utterance utterance, double fileSeconds, List<String> warnings, RuntimeException error) {
    /** Whatever is wrong with one file concerns that file alone. */
    static FileRead of(Path file) {
        long start = System.nanoTime();
        try {
            AudioClip clip = AudioReader.read(file);
            Utterance utterance = new Utterance(clip.samples());
            utterance.spent((System.nanoTime() - start) * 1e-9);
            return new FileRead(file, utterance, clip.seconds(), clip.warnings(), null);
        } catch (RuntimeException e) {
            return new FileRead(file, null, 0, List.of(), e);
        }
    }

    /** Whether there is something for the model. */
    boolean audible() {
        return utterance != null && !utterance.silent();
    }

    /** What it adds to a batch. */
    double seconds() {
        return audible() ? utterance.seconds() : 0;
    }
}
