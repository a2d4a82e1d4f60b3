package dev.parasol.testing;

import dev.parasol.audio.AudioReader;
import java.nio.file.Path;

/** The model, the recordings and FunASR's results that travel with the project. */
public final class Samples {
    private static final Path FOLDER = Path.of("samples");

    private Samples() {}

    /** A Paraformer of spoken English digits, as the name of a model. */
    public static String model() {
        return FOLDER.resolve("digits-tiny").toString();
    }

    /** A recording; there are the numbers 0, 1, 2, 4, 7, 12 and 15. */
    public static Path speech(int number) {
        return FOLDER.resolve(String.format("audio/utt-%02d.wav", number));
    }

    /** The samples of {@link #speech}. */
    public static float[] waveform(int number) {
        return AudioReader.read(speech(number)).samples();
    }

    /** FunASR's text and ids for every recording. */
    public static Path expected() {
        return FOLDER.resolve("golden/expected.json");
    }

    /** FunASR's stages for the recordings 0, 1 and 2. */
    public static Path stages() {
        return FOLDER.resolve("golden/stages.safetensors");
    }
}
