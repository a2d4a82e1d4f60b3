package dev.parasol.bench.figures;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.bench.Report;
import dev.parasol.model.Precision;
import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.Recognizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** FunASR's text for every recording, by three models in two precisions. */
final class TextsFigure implements Figure {
    private static final List<String> MODELS = List.of("digits-tiny", "digits-deep", "digits-seaco");
    private static final int UTTERANCES = 24;

    @Override
    public void take(Setting setting, Report report) throws IOException {
        report.section("Texts: utterances whose text is FunASR's");
        Path audio = setting.shared().resolve("audio/digits");
        for (String model : MODELS) {
            JsonNode expected = new ObjectMapper().readTree(audio.resolve("funasr-" + model + ".json").toFile());
            List<Path> files = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            for (JsonNode utterance : expected) {
                if (utterance.get("file").asText().startsWith("utt-")) {
                    files.add(audio.resolve(utterance.get("file").asText()));
                    texts.add(utterance.get("text").asText());
                }
            }
            for (Precision precision : List.of(Precision.FP32, Precision.FP16)) {
                String what = model + " " + precision.name().toLowerCase(Locale.ROOT);
                int same = same(setting, model, precision, files, texts, what, report);
                report.row(what, same + " of " + files.size(), "all " + UTTERANCES, same == files.size() && same == UTTERANCES);
            }
        }
    }

    private static int same(Setting setting, String model, Precision precision, List<Path> files, List<String> texts, String what, Report report) {
        String folder = setting.shared().resolve("models/" + model).toString();
        int same = 0;
        try (Recognizer recognizer = Recognizer.builder().model(folder).device(setting.device().toString()).precision(precision).build()) {
            List<FileResult> results = recognizer.transcribe(files);
            for (int i = 0; i < files.size(); i++) {
                String text = results.get(i).orThrow().text();
                if (text.equals(texts.get(i))) {
                    same++;
                } else {
                    report.note(what + " " + files.get(i).getFileName() + ": '" + text + "', FunASR '" + texts.get(i) + "'");
                }
            }
        }
        return same;
    }
}
