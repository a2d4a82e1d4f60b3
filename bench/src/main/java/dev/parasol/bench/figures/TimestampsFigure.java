package dev.parasol.bench.figures;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.bench.Report;
import dev.parasol.model.Precision;
import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.Recognizer;
import dev.parasol.pipeline.Timestamp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The times of words against FunASR's, by three models: two plain ones, and one with a timestamp head. */
final class TimestampsFigure implements Figure {
    private static final List<String> MODELS = List.of("digits-tiny", "digits-deep", "digits-seaco");
    private static final double LEAST_EXACT = 0.95;
    private static final int FRAME_MS = 60;

    /** How many words were found as FunASR found them. */
    private static final class Tally {
        private int words;
        private int exact;
        private int withinFrame;
        private int worstMs;

        void add(Timestamp found, JsonNode expected) {
            int off = Math.max(Math.abs(found.startMs() - expected.get(0).asInt()), Math.abs(found.endMs() - expected.get(1).asInt()));
            words++;
            exact += off == 0 ? 1 : 0;
            withinFrame += off <= FRAME_MS ? 1 : 0;
            worstMs = Math.max(worstMs, off);
        }

        String text() {
            return String.format(Locale.ROOT, "%d of %d to the ms, %d within a frame, at most %d ms off", exact, words, withinFrame, worstMs);
        }
    }

    @Override
    public void take(Setting setting, Report report) throws IOException {
        report.section("Timestamps: words whose times are FunASR's");
        Path audio = setting.shared().resolve("audio/digits");
        for (String model : MODELS) {
            JsonNode expected = new ObjectMapper().readTree(audio.resolve("funasr-" + model + ".json").toFile());
            for (Precision precision : List.of(Precision.FP32, Precision.FP16, Precision.INT8)) {
                Tally tally = tally(setting, model, precision, expected);
                String what = model + " " + precision.text();
                if (precision == Precision.FP32) {
                    report.row(what, tally.text(), "95 % to the ms, all within a frame",
                            tally.words > 0 && tally.exact >= LEAST_EXACT * tally.words && tally.withinFrame == tally.words);
                } else {
                    report.figure(what, tally.text());
                }
            }
        }
    }

    private static Tally tally(Setting setting, String model, Precision precision, JsonNode expected) {
        Path audio = setting.shared().resolve("audio/digits");
        List<Path> files = new ArrayList<>();
        expected.forEach(utterance -> files.add(audio.resolve(utterance.get("file").asText())));
        Recognizer.Builder builder = Recognizer.builder().model(setting.shared().resolve("models/" + model).toString())
                .device(setting.device().toString()).precision(precision).timestamps(true);
        Tally tally = new Tally();
        try (Recognizer recognizer = builder.build()) {
            List<FileResult> results = recognizer.transcribe(files);
            for (int i = 0; i < files.size(); i++) {
                List<Timestamp> found = results.get(i).orThrow().timestamps();
                JsonNode times = expected.get(i).get("timestamp");
                if (found.size() != times.size()) {
                    throw new IllegalStateException(files.get(i) + " has " + found.size() + " words, by FunASR " + times.size());
                }
                for (int w = 0; w < found.size(); w++) {
                    tally.add(found.get(w), times.get(w));
                }
            }
        }
        return tally;
    }
}
