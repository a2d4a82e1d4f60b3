package dev.parasol.bench.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.audio.AudioReader;
import dev.parasol.bench.OpenModel;
import dev.parasol.bench.Report;
import dev.parasol.bench.StageReference;
import dev.parasol.model.Precision;
import dev.parasol.model.StageRecorder;
import dev.parasol.pipeline.Recognizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The sample model against FunASR's stages and texts. */
final class DigitsCheck implements Check {
    /** The sample's weights were rounded to half precision after FunASR computed its stages, so fp32 is no closer than fp16. */
    private static final StageReference.Limits LIMITS = new StageReference.Limits(5e-3, Double.POSITIVE_INFINITY);
    /** Inputs of layers keep 40 dB and more in int8 with scales of their own (bench/NOTES.md). Ids and texts are held to FunASR's all the same. */
    private static final StageReference.Limits INT8_LIMITS = new StageReference.Limits(1e-2, Double.POSITIVE_INFINITY);
    private static final List<String> RECORDED = List.of("utt-00", "utt-01", "utt-02");

    @Override
    public void run(CheckSetting setting, Report report) throws IOException {
        report.section("digits-tiny (weights in half precision) against FunASR");
        JsonNode expected = new ObjectMapper().readTree(setting.samples().resolve("golden/expected.json").toFile()).get("utterances");
        for (Precision precision : Precision.values()) {
            String name = precision.name().toLowerCase(Locale.ROOT);
            stages(setting, precision, name, report);
            texts(setting, precision, name, expected, report);
        }
    }

    private static void stages(CheckSetting setting, Precision precision, String name, Report report) {
        StageRecorder recorder = StageRecorder.all();
        try (OpenModel open = new OpenModel(setting.device(), setting.samples().resolve("digits-tiny").toString(), precision)) {
            open.model().run(RECORDED.stream().map(key -> AudioReader.read(recording(setting, key + ".wav")).samples()).toList(), recorder);
        }
        try (StageReference reference = StageReference.open(setting.samples().resolve("golden/stages.safetensors"))) {
            for (int i = 0; i < RECORDED.size(); i++) {
                reference.compare(report, name + " " + RECORDED.get(i), RECORDED.get(i) + ".", recorder, i,
                        precision == Precision.INT8 ? INT8_LIMITS : LIMITS, false);
            }
        }
    }

    private static void texts(CheckSetting setting, Precision precision, String name, JsonNode expected, Report report) {
        List<Path> files = new ArrayList<>();
        expected.forEach(utterance -> files.add(recording(setting, utterance.get("file").asText())));
        try (Recognizer recognizer = Recognizer.builder().model(setting.samples().resolve("digits-tiny").toString())
                .device(setting.device().toString()).precision(precision).build()) {
            var results = recognizer.transcribe(files);
            for (int i = 0; i < files.size(); i++) {
                String text = results.get(i).orThrow().text();
                String theirs = expected.get(i).get("funasr_text").asText();
                report.row(name + " " + files.get(i).getFileName() + " text", "'" + text + "'", "FunASR's", text.equals(theirs));
            }
        }
    }

    private static Path recording(CheckSetting setting, String name) {
        return setting.samples().resolve("audio").resolve(name);
    }
}
