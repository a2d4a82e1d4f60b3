package dev.parasol.cli;

import dev.parasol.pipeline.Transcript;

/** What a transcript is written as. */
enum OutputFormat {
    TEXT("txt", false) {
        @Override
        String content(String name, Transcript transcript, boolean timed) {
            return Cues.oneLine(transcript.text()) + "\n";
        }
    },
    JSON("json", false) {
        @Override
        String content(String name, Transcript transcript, boolean timed) {
            return TranscriptJson.of(name, transcript, timed) + "\n";
        }
    },
    SRT("srt", true) {
        @Override
        String content(String name, Transcript transcript, boolean timed) {
            return SubtitleFiles.srt(transcript.sentences());
        }
    },
    VTT("vtt", true) {
        @Override
        String content(String name, Transcript transcript, boolean timed) {
            return SubtitleFiles.vtt(transcript.sentences());
        }
    },
    TSV("tsv", true) {
        @Override
        String content(String name, Transcript transcript, boolean timed) {
            return SubtitleFiles.tsv(transcript.sentences());
        }
    },
    /** What FunASR's {@code generate} returns, as JSON. */
    FUNASR("json", true) {
        @Override
        String content(String name, Transcript transcript, boolean timed) {
            return "[" + TranscriptJson.funasr(name, transcript) + "]\n";
        }
    };

    private final String extension;
    private final boolean timed;

    OutputFormat(String extension, boolean timed) {
        this.extension = extension;
        this.timed = timed;
    }

    /**
     * A whole file for one recording, its last line ended.
     *
     * @param timed whether times of words were asked for
     */
    abstract String content(String name, Transcript transcript, boolean timed);

    /** Of such a file's name. */
    String extension() {
        return extension;
    }

    /** Whether it tells when words were said. */
    boolean timed() {
        return timed;
    }

    /** Whether a file of it is about one recording only. */
    boolean single() {
        return this == SRT || this == VTT || this == TSV;
    }
}
