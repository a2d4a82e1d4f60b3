package dev.parasol.bench.figures;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.audio.AudioReader;
import dev.parasol.bench.OpenModel;
import dev.parasol.bench.Report;
import dev.parasol.model.BatchLayout;
import dev.parasol.model.MemoryForecast;
import dev.parasol.model.Precision;
import dev.parasol.model.StageRecorder;
import dev.parasol.model.StageTensor;
import dev.parasol.pipeline.FileResult;
import dev.parasol.pipeline.Recognizer;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.ModelTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What int8 does to two models: word errors, bytes, and the distance of every layer's output from fp32; and what activations bear with how many scales. */
final class Int8Figure implements Figure {
    private static final List<String> MODELS = List.of("digits-tiny", "digits-deep");
    /** Word errors may rise by so many points. */
    private static final double POINTS = 0.5;

    private record Recording(Path file, String reference) {}

    /** A way to run a model: with a precision, or as a folder that is quantized. */
    private record Variant(String name, String folder, LinearSchemes schemes) {}

    @Override
    public void take(Setting setting, Report report) throws IOException {
        List<Recording> recordings = recordings(setting);
        List<float[]> waves = recordings.stream().map(recording -> AudioReader.read(recording.file()).samples()).toList();
        for (String model : MODELS) {
            String folder = setting.shared().resolve("models").resolve(model).toString();
            try (StaticFolder quantized = new StaticFolder(setting, folder)) {
                List<Variant> variants = variants(folder, quantized);
                errors(setting, model, variants, recordings, report);
                layers(setting, model, variants, waves, report);
                scales(setting, model, variants.get(0), waves, report);
            }
        }
    }

    private static List<Recording> recordings(Setting setting) throws IOException {
        Path audio = setting.shared().resolve("audio/digits");
        List<Recording> recordings = new ArrayList<>();
        for (JsonNode utterance : new ObjectMapper().readTree(audio.resolve("expected.json").toFile()).get("utterances")) {
            recordings.add(new Recording(audio.resolve(utterance.get("file").asText()), utterance.get("reference").asText()));
        }
        return recordings;
    }

    /** fp32 first, then every precision, and what is calibrated last. */
    private static List<Variant> variants(String folder, StaticFolder quantized) {
        List<Variant> variants = new ArrayList<>();
        for (Precision precision : Precision.values()) {
            variants.add(new Variant(precision == Precision.INT8 ? "int8 dynamic" : precision.text(), folder, precision.schemes()));
        }
        variants.add(new Variant("int8 static", quantized.path(), null));
        return variants;
    }

    private static void errors(Setting setting, String model, List<Variant> variants, List<Recording> recordings, Report report) {
        report.section(model + ": word errors on " + recordings.size() + " recordings, and bytes of weights");
        double exact = Double.NaN;
        for (Variant variant : variants) {
            int errors = 0;
            int words = 0;
            try (Recognizer recognizer = Recognizer.builder().model(variant.folder()).device(setting.device().toString()).precision(variant.schemes()).build()) {
                List<FileResult> results = recognizer.transcribe(recordings.stream().map(Recording::file).toList());
                for (int i = 0; i < recordings.size(); i++) {
                    String[] reference = recordings.get(i).reference().split(" ");
                    errors += distance(reference, results.get(i).orThrow().text().split(" "));
                    words += reference.length;
                }
            }
            double percent = 100.0 * errors / words;
            exact = Double.isNaN(exact) ? percent : exact;
            ModelFolder folder = ModelFolder.open(variant.folder());
            long bytes = MemoryForecast.of(folder, LayerMask.ALL, variant.schemes(), BatchLayout.ofSeconds(folder.config().frontend(), 10, 1).shape()).weightBytes();
            report.row(variant.name(), String.format(Locale.ROOT, "%.2f %% (%d of %d), %d B", percent, errors, words, bytes),
                    String.format(Locale.ROOT, "at most %.2f %%", exact + POINTS), percent <= exact + POINTS);
        }
    }

    /** Levenshtein's. */
    private static int distance(String[] reference, String[] words) {
        int[] row = new int[words.length + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= reference.length; i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= words.length; j++) {
                int changed = diagonal + (reference[i - 1].equals(words[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[words.length];
    }

    /** Every layer's output, all recordings together, end to end: an error goes on into the layers behind. */
    private static void layers(Setting setting, String model, List<Variant> variants, List<float[]> waves, Report report) {
        Map<String, List<String>> lines = new LinkedHashMap<>();
        StageRecorder exact = run(setting, variants.get(0), waves, null);
        for (Variant variant : variants.subList(1, variants.size())) {
            compare(exact, run(setting, variant, waves, null)).forEach((stage, noise) -> lines.computeIfAbsent(stage, key -> new ArrayList<>()).add(noise.text()));
        }
        report.section(model + ": distance from fp32, end to end, signal to noise and cosine: " + String.join(" | ", variants.stream().skip(1).map(Variant::name).toList()));
        lines.forEach((stage, texts) -> report.figure(stage, String.join(" | ", texts)));
    }

    private static Map<String, Noise> compare(StageRecorder exact, StageRecorder actual) {
        Map<String, Noise> stages = new LinkedHashMap<>();
        for (int i = 0; i < exact.batch(); i++) {
            int index = i;
            exact.utterance(i).forEach((stage, tensor) -> {
                boolean layer = stage.endsWith("out") || stage.equals("alphas") || stage.equals(StageRecorder.LOG_PROBS);
                StageTensor other = actual.utterance(index).get(stage);
                // Where another number of tokens was found, the decoder's rows are not those of one another.
                if (layer && tensor.floats() != null && other.floats().length == tensor.floats().length) {
                    stages.computeIfAbsent(stage, key -> new Noise()).add(tensor.floats(), other.floats());
                }
            });
        }
        return stages;
    }

    private static StageRecorder run(Setting setting, Variant variant, List<float[]> waves, List<String> stages) {
        StageRecorder recorder = stages == null ? StageRecorder.all() : StageRecorder.only(stages);
        try (OpenModel open = new OpenModel(setting.device(), variant.folder(), variant.schemes())) {
            open.model().run(waves, recorder);
        }
        return recorder;
    }

    /** The inputs of the layers that no norm precedes. */
    private static void scales(Setting setting, String model, Variant exact, List<float[]> waves, Report report) {
        List<String> linears = ModelTensors.linears(ModelFolder.open(exact.folder()).config()).stream()
                .filter(linear -> linear.endsWith("linear_out") || linear.startsWith("encoder.") && linear.endsWith("w_2")).toList();
        StageRecorder recorder = run(setting, exact, waves, linears.stream().map(linear -> linear + StageRecorder.INPUT).toList());
        report.section(model + ": int8 of inputs that no norm precedes, signal to noise in dB: one scale | a token | a token and 128 columns");
        for (String linear : linears) {
            List<StageTensor> inputs = new ArrayList<>();
            for (int i = 0; i < recorder.batch(); i++) {
                inputs.add(recorder.stage(i, linear + StageRecorder.INPUT));
            }
            float largest = inputs.stream().map(input -> ScalingNoise.largest(input.floats(), 0, input.floats().length)).max(Float::compare).orElse(0f);
            ScalingNoise noise = new ScalingNoise(largest);
            inputs.forEach(input -> noise.add(input.floats(), (int) input.shape()[1]));
            report.figure(linear, String.format(Locale.ROOT, "%.1f | %.1f | %.1f", noise.one.decibels(), noise.tokens.decibels(), noise.blocks.decibels()));
        }
    }
}
