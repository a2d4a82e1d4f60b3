package dev.parasol.audio;

import java.util.LinkedHashMap;
import java.util.Map;

/** Names of formats that are not read, so that a message can say what a file is. */
final class AudioFormats {
    private static final Map<String, String> BEGINNINGS = new LinkedHashMap<>();

    static {
        BEGINNINGS.put("OggS", "Ogg (Vorbis or Opus)");
        BEGINNINGS.put("FORM", "AIFF");
        BEGINNINGS.put("RIFX", "big-endian WAV");
        BEGINNINGS.put(".snd", "AU");
        BEGINNINGS.put("#!AMR", "AMR");
        BEGINNINGS.put("#!SILK", "SILK");
        BEGINNINGS.put("caff", "CAF");
        BEGINNINGS.put("wvpk", "WavPack");
        BEGINNINGS.put("MAC ", "Monkey's Audio");
        BEGINNINGS.put("NIST_1A", "NIST SPHERE");
        BEGINNINGS.put("\u001aE\u00df\u00a3", "Matroska or WebM");
        BEGINNINGS.put("0&\u00b2u", "WMA");
        BEGINNINGS.put("PK", "a zip file");
        BEGINNINGS.put("\u00ff\u00f1", "AAC");
        BEGINNINGS.put("\u00ff\u00f9", "AAC");
        BEGINNINGS.put("\u00ff\u00fb", "MP3");
        BEGINNINGS.put("\u00ff\u00f3", "MP3");
        BEGINNINGS.put("\u00ff\u00f2", "MP3");
        BEGINNINGS.put("\u00ff\u00fa", "MP3");
    }

    private AudioFormats() {}

    /** What a file is that begins with {@code head}, as the end of the sentence "FILE is …". */
    static String name(String head) {
        for (Map.Entry<String, String> format : BEGINNINGS.entrySet()) {
            if (head.startsWith(format.getKey())) {
                return format.getValue() + ", which cannot be read";
            }
        }
        if (head.startsWith("ftyp", 4)) {
            return "MP4 (AAC or ALAC), which cannot be read";
        }
        if (head.startsWith("RIFF")) {
            return "RIFF, but not WAV";
        }
        boolean text = head.chars().allMatch(c -> c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t');
        return text ? "a text file, not a recording" : "not a recording of a known format";
    }
}
