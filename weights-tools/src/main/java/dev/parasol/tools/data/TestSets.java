package dev.parasol.tools.data;

import dev.parasol.audio.AudioReader;
import dev.parasol.files.FileErrors;
import dev.parasol.files.Shown;
import dev.parasol.scoring.KaldiTable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads recordings by Kaldi's {@code wav.scp} and {@code text}. */
public final class TestSets {
    private TestSets() {}

    /**
     * Reads recordings; every line of {@code wav.scp} names a WAV or FLAC file, relative to the working directory or else to
     * the folder of {@code wav.scp}.
     *
     * @param text {@code id words…} for every id, or null when nothing is known of what was said
     * @throws DataException when a table cannot be used, or an id has no text
     * @throws dev.parasol.audio.AudioException when a recording cannot be used
     */
    public static TestSet read(String name, Path wavScp, Path text) {
        Map<String, String> texts = text == null ? null : KaldiTable.read(text);
        List<Speech> speech = new ArrayList<>();
        for (Map.Entry<String, String> line : KaldiTable.read(wavScp).entrySet()) {
            String words = texts == null ? null : texts.get(line.getKey());
            if (texts != null && words == null) {
                throw new DataException(text + " has no line for " + line.getKey() + ", which " + wavScp + " names");
            }
            speech.add(new Speech(line.getKey(), AudioReader.read(recording(wavScp, line.getKey(), line.getValue())).samples(), words));
        }
        return new TestSet(name, speech);
    }

    private static Path recording(Path wavScp, String id, String value) {
        if (value.isEmpty() || value.endsWith("|")) {
            throw new DataException(wavScp + ": " + id + (value.isEmpty() ? " has no file" : " is a command, which is never run") + ", expected the name of a WAV or FLAC file");
        }
        try {
            Path file = Path.of(value);
            Path beside = wavScp.toAbsolutePath().resolveSibling(file);
            if (!Files.exists(file) && !Files.exists(beside)) {
                throw new DataException(wavScp + ": " + id + " names " + Shown.of(value, 200) + ", which " + FileErrors.absent(file) + ", expected lines 'id file'");
            }
            return Files.exists(file) ? file : beside;
        } catch (InvalidPathException e) {
            throw new DataException(wavScp + ": " + id + " names a file that cannot exist: " + Shown.of(e.getMessage(), 200), e);
        }
    }
}
