package dev.parasol.bench.figures;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.bench.Report;
import dev.parasol.memory.Budget;
import dev.parasol.model.Precision;
import dev.parasol.model.PunctuationForecast;
import dev.parasol.pipeline.Punctuated;
import dev.parasol.pipeline.Punctuator;
import dev.parasol.weights.PunctuationFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** FunASR's text and marks for every text, and what of the model is on the device. */
final class PunctuationFigure implements Figure {
    private static final long MOST_BYTES = 1L << 30;

    @Override
    public void take(Setting setting, Report report) throws IOException {
        report.section("Punctuation: texts that are FunASR's, marks included");
        Path folder = setting.shared().resolve("models/ct-punc-random");
        JsonNode golden = new ObjectMapper().readTree(folder.resolve("golden.json").toFile());
        Budget budget = Budget.ofBytes(MOST_BYTES);
        try (Punctuator punctuator = Punctuator.builder().model(folder.toString()).device(setting.device().toString()).budget(budget).build()) {
            long loaded = budget.used();
            int same = 0;
            for (JsonNode text : golden) {
                Punctuated result = punctuator.punctuate(text.get("input").asText());
                List<Integer> marks = new ArrayList<>();
                text.get("punc").forEach(mark -> marks.add(mark.asInt()));
                if (result.equals(new Punctuated(text.get("text").asText(), marks))) {
                    same++;
                } else {
                    report.note("'" + result.text() + "', FunASR '" + text.get("text").asText() + "'");
                }
            }
            report.row("texts fp32", same + " of " + golden.size(), "all", same == golden.size());
            PunctuationForecast forecast = PunctuationForecast.of(PunctuationFolder.open(folder.toString()), Precision.FP32, 1);
            long chunk = 2 << 20;
            long planned = (forecast.weightBytes() + chunk - 1) / chunk * chunk;
            report.row("device memory after loading, MiB", loaded / 1048576.0 + "", "the weights' chunks, " + planned / 1048576.0, loaded <= planned);
            report.note("embedding of " + punctuator.embeddingBytes() + " bytes, none of them on the device");
        }
    }
}
