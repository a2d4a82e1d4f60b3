package dev.parasol.bench.figures;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.bench.Report;
import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.SpeechTranscriber;
import dev.parasol.pipeline.TranscribeOptions;
import dev.parasol.pipeline.Transcript;
import dev.parasol.pipeline.TranscriptSegment;
import dev.parasol.pipeline.TranscriptionListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The long recording, divided by the detector and by pauses alone, against FunASR's text, with times. */
final class LongFigure implements Figure {
    private static final List<String> MODELS = List.of("digits-tiny", "digits-deep");

    @Override
    public void take(Setting setting, Report report) throws IOException {
        report.section("Long recording: long-0.wav against FunASR's text with digits-tiny, which is what was said");
        JsonNode expected = new ObjectMapper().readTree(setting.shared().resolve("audio/digits/expected.json").toFile()).get("long").get(0);
        Path file = setting.shared().resolve("audio/digits").resolve(expected.get("file").asText());
        String text = expected.get("funasr_text").asText();
        for (String model : MODELS) {
            one(setting, report, model, model + ", detector", file, text, TranscribeOptions.builder(), true, model.equals("digits-tiny"));
            one(setting, report, model, model + ", detector, merged to 15 s", file, text, TranscribeOptions.builder().mergeVad(true), true, false);
            one(setting, report, model, model + ", detector, cut at 5 s", file, text, TranscribeOptions.builder().thresholdSeconds(5), true, false);
            one(setting, report, model, model + ", pauses by energy", file, text, TranscribeOptions.builder(), false, false);
        }
    }

    /** @param verdict whether the text has to be the same, FunASR's being that of this model and these settings */
    private static void one(Setting setting, Report report, String model, String what, Path file, String text, TranscribeOptions.Builder options,
            boolean detector, boolean verdict) {
        SpeechTranscriber.Builder builder = SpeechTranscriber.builder().model(setting.shared().resolve("models").resolve(model).toString())
                .devices(setting.device().toString()).options(options.build());
        if (detector) {
            builder.vadModel(setting.shared().resolve("models/fsmn-vad").toString());
        }
        try (SpeechTranscriber transcriber = builder.build()) {
            First first = new First();
            long begun = System.nanoTime();
            Transcript transcript = transcriber.transcribe(List.of(file), first).get(0).orThrow();
            double seconds = (System.nanoTime() - begun) * 1e-9;
            int errors = Words.errors(text, transcript.text());
            String found = String.format(Locale.ROOT, "%d of %d words wrong, %d segments, %.2f s (RTF %.3f), first text after %.2f s", errors,
                    Words.of(text).length, transcript.segments().size(), seconds, seconds / transcript.seconds(), (first.nanos - begun) * 1e-9);
            if (verdict) {
                report.row(what, found, "0 wrong", text.equals(transcript.text()));
            } else {
                report.figure(what, found);
            }
        }
    }

    /** When the first segment with a text was told. */
    private static final class First implements TranscriptionListener {
        private long nanos;

        @Override
        public void segment(Path file, TranscriptSegment segment) {
            nanos = nanos == 0 && !segment.text().isEmpty() ? System.nanoTime() : nanos;
        }

        @Override
        public void finished(FileResult result, int finished, int total) {}
    }
}
