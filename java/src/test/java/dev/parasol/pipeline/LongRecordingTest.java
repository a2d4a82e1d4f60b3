package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.testing.Samples;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ten minutes in one piece, without voice activity detection: attention that stored 10,000 x 10,000 scores would not fit. */
@Tag("soak")
class LongRecordingTest {
    private static final int SECONDS = 600;
    private static final long LIMIT = 128L << 20;

    @Test
    void tenMinutesFitIntoAFewMegabytes() {
        float[] digits = Samples.waveform(15);
        float[] samples = new float[SECONDS * 16_000];
        for (int from = 0; from < samples.length; from += digits.length) {
            System.arraycopy(digits, 0, samples, from, Math.min(digits.length, samples.length - from));
        }
        try (Recognizer recognizer = Recognizer.builder().model(Samples.model()).memoryLimit(LIMIT).build()) {
            Transcript transcript = recognizer.transcribe(samples);
            long words = Arrays.stream(transcript.text().split(" ")).filter(word -> !word.isEmpty()).count();
            System.out.println(SECONDS + " s in one piece: " + words + " words, RTF " + transcript.rtf() + "\n" + recognizer.memoryReport().toText());
            // Eight digits in every 4.17 s were said; the model was never trained on more than a few seconds at a time.
            assertThat(words).isGreaterThan(SECONDS / 4);
        }
    }
}
