package dev.parasol.tools.data;

import dev.parasol.audio.AudioReader;
import dev.parasol.files.FileErrors;
import dev.parasol.scoring.KaldiTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Recordings of a folder, named by their files without extension, or of a {@code wav.scp}. */
public final class AudioChoice {
    private AudioChoice() {}

    /**
     * Reads recordings.
     *
     * @param audio a folder, whose WAV and FLAC files are taken in the order of their names, or a {@code wav.scp}
     * @param reference {@code id words…} for every recording, or null when nothing is known of what was said
     * @throws DataException when there are none, two have the same name, or one has no line in {@code reference}
     * @throws dev.parasol.audio.AudioException when a recording cannot be used
     */
    public static TestSet read(Path audio, Path reference) {
        if (!Files.isDirectory(audio)) {
            return TestSets.read("audio", audio, reference);
        }
        Map<String, Path> files = new LinkedHashMap<>();
        for (Path file : files(audio)) {
            String name = file.getFileName().toString();
            Path other = files.put(name.substring(0, name.lastIndexOf('.')), file);
            if (other != null) {
                throw new DataException(audio + " has " + other.getFileName() + " and " + name + ", whose names are the same but for the extension");
            }
        }
        if (files.isEmpty()) {
            throw new DataException(audio + " has no recordings, expected WAV or FLAC files");
        }
        Map<String, String> texts = reference == null ? Map.of() : KaldiTable.read(reference);
        List<Speech> speech = new ArrayList<>();
        files.forEach((id, file) -> {
            if (reference != null && !texts.containsKey(id)) {
                throw new DataException(reference + " has no line for " + id + ", a recording in " + audio);
            }
            speech.add(new Speech(id, AudioReader.read(file).samples(), texts.get(id)));
        });
        return new TestSet("audio", speech);
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).filter(file -> {
                String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
                return name.endsWith(".wav") || name.endsWith(".flac");
            }).sorted().toList();
        } catch (IOException e) {
            throw new DataException(folder + " cannot be read: " + FileErrors.reason(e), e);
        }
    }
}
