package dev.parasol.cli;

import dev.parasol.pipeline.Sentence;
import java.util.List;
import java.util.Locale;

/** Sentences as SubRip, WebVTT and tables of tab-separated values, lines ending with LF. */
final class SubtitleFiles {
    private SubtitleFiles() {}

    /** SubRip. */
    static String srt(List<Sentence> sentences) {
        StringBuilder file = new StringBuilder();
        int number = 1;
        for (Cue cue : Cues.of(sentences)) {
            file.append(number++).append('\n');
            file.append(time(cue.startMs(), ',')).append(" --> ").append(time(cue.endMs(), ',')).append('\n');
            cue.lines().forEach(line -> file.append(line).append('\n'));
            file.append('\n');
        }
        return file.toString();
    }

    /** WebVTT; what it would take for markup is escaped. */
    static String vtt(List<Sentence> sentences) {
        StringBuilder file = new StringBuilder("WEBVTT\n\n");
        for (Cue cue : Cues.of(sentences)) {
            file.append(time(cue.startMs(), '.')).append(" --> ").append(time(cue.endMs(), '.')).append('\n');
            cue.lines().forEach(line -> file.append(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")).append('\n'));
            file.append('\n');
        }
        return file.toString();
    }

    /** A line a sentence with its start and end in milliseconds, below the names of the columns, as Whisper writes it. */
    static String tsv(List<Sentence> sentences) {
        StringBuilder file = new StringBuilder("start\tend\ttext\n");
        for (Sentence sentence : sentences) {
            String text = Cues.oneLine(sentence.text()).strip();
            if (!text.isEmpty()) {
                file.append(Cues.heardFrom(sentence)).append('\t').append(sentence.endMs()).append('\t').append(text).append('\n');
            }
        }
        return file.toString();
    }

    /** {@code HH:MM:SS} with milliseconds behind {@code point}; hours may have more digits. */
    static String time(long ms, char point) {
        return String.format(Locale.ROOT, "%02d:%02d:%02d%c%03d", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, point, ms % 1000);
    }
}
