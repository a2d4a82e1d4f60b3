package dev.parasol.audio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tells formats apart by how they begin, also those that are not read, so that a message can say what a file is. */
final class AudioFormats {
    private static final int HEAD_BYTES = 16;
    private static final String SUPPORTED = "supported: WAV (PCM or float) and FLAC; other formats can be converted, for example by ffmpeg -i IN -ar 16000 -ac 1 OUT.wav";
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
        BEGINNINGS.put("ID3", "MP3");
        BEGINNINGS.put("\u00ff\u00f1", "AAC");
        BEGINNINGS.put("\u00ff\u00f9", "AAC");
        BEGINNINGS.put("\u00ff\u00fb", "MP3");
        BEGINNINGS.put("\u00ff\u00f3", "MP3");
        BEGINNINGS.put("\u00ff\u00f2", "MP3");
        BEGINNINGS.put("\u00ff\u00fa", "MP3");
    }

    private AudioFormats() {}

    /**
     * Reads a recording's header.
     *
     * @param warnings takes a sentence when the recording's end is not that which the header promises
     */
    static Decoder open(String file, AudioBytes bytes, List<String> warnings) throws IOException {
        byte[] head = bytes.peek(HEAD_BYTES);
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.isEmpty()) {
            throw new AudioException(file + " is empty, expected a recording");
        }
        if ((text.startsWith("RIFF") || text.startsWith("RF64")) && text.startsWith("WAVE", 8)) {
            return WavDecoder.open(file, bytes, warnings);
        }
        if (text.startsWith("ID3") && head.length >= 10) {
            // FLAC may stand behind an ID3v2 tag; what else does is MP3
            bytes.skip(10 + ((long) (head[6] & 0x7f) << 21 | (head[7] & 0x7f) << 14 | (head[8] & 0x7f) << 7 | head[9] & 0x7f));
            text = new String(bytes.peek(4), StandardCharsets.ISO_8859_1).equals("fLaC") ? "fLaC" : "ID3";
        }
        if (text.startsWith("fLaC")) {
            return FlacDecoder.open(file, bytes, warnings);
        }
        throw new AudioException(file + " is " + name(text) + " (" + SUPPORTED + ")");
    }

    /** What a file is that begins with {@code head}, as the end of the sentence "FILE is …". */
    private static String name(String head) {
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
