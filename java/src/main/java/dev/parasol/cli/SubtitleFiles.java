package dev.parasol.cli;

import dev.parasol.pipeline.Sentence;
import java.util.List;
import java.util.Locale;

/** Sentences as SubRip, WebVTT and tables of tab-separated values, lines ending with LF. */
final class SubtitleFiles {
    private SubtitleFiles() {}

    /** SubRip, which has no place for speakers but the text: a subtitle begins with its speaker's name where one is known. */
    static String srt(List<Sentence> sentences) {
        StringBuilder file = new StringBuilder();
        int number = 1;
        for (Cue cue : Cues.of(sentences, true)) {
            file.append(number++).append('\n');
            file.append(time(cue.startMs(), ',')).append(" --> ").append(time(cue.endMs(), ',')).append('\n');
            cue.lines().forEach(line -> file.append(line).append('\n'));
            file.append('\n');
        }
        return file.toString();
    }

    /** WebVTT; what it would take for markup is escaped, and a subtitle has its speaker's voice, {@code <v Speaker 1>}, where one is known. */
    static String vtt(List<Sentence> sentences) {
        StringBuilder file = new StringBuilder("WEBVTT\n\n");
        for (Cue cue : Cues.of(sentences, false)) {
            file.append(time(cue.startMs(), '.')).append(" --> ").append(time(cue.endMs(), '.')).append('\n');
            cue.speaker().ifPresent(speaker -> file.append("<v ").append(Cues.name(speaker)).append('>'));
            cue.lines().forEach(line -> file.append(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")).append('\n'));
            file.append('\n');
        }
        return file.toString();
    }

    /** A line a sentence with its start and end in milliseconds, below the names of the columns, as Whisper writes it; its speaker is a fourth column where any is known. */
    static String tsv(List<Sentence> sentences) {
        StringBuilder file = new StringBuilder("start\tend\ttext");
        boolean named = sentences.stream().anyMatch(sentence -> sentence.speaker().isPresent());
        file.append(named ? "\tspeaker\n" : "\n");
        for (Sentence sentence : sentences) {
            String text = Cues.oneLine(sentence.text()).strip();
            if (!text.isEmpty()) {
                file.append(sentence.startMs()).append('\t').append(sentence.endMs()).append('\t').append(text);
                if (named) {
                    file.append('\t').append(sentence.speaker().isPresent() ? Cues.name(sentence.speaker().getAsInt()) : "");
                }
                file.append('\n');
            }
        }
        return file.toString();
    }

    /** {@code HH:MM:SS} with milliseconds behind {@code point}; hours may have more digits. */
    static String time(long ms, char point) {
        return String.format(Locale.ROOT, "%02d:%02d:%02d%c%03d", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, point, ms % 1000);
    }
}
