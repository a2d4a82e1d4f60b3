package dev.parasol.tools.study;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.model.Precision;
import dev.parasol.files.FileErrors;
import dev.parasol.tools.data.DataException;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.data.TestSet;
import dev.parasol.tools.importance.Metric;
import dev.parasol.tools.prune.Healing;
import dev.parasol.tools.prune.Reduction;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Evaluator;
import dev.parasol.tools.run.Layer;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/** Every curve of a model, into a folder; what an earlier run found there is not measured again. */
public final class Study {
    private static final int PIECE = 1 << 16;

    private final Settings settings;

    /**
     * What is studied.
     *
     * @param sets test sets with text
     * @param calibration recordings for activations and healing
     * @param counts layers removed, ascending
     * @param seeds how many random removals
     * @param greedy up to how many layers to remove what costs least, one after another, which takes a measurement for every layer at every step
     * @param reductions taken from within the layers, each by itself
     */
    public record Settings(List<TestSet> sets, List<Speech> calibration, List<Integer> counts, List<Metric> metrics, int seeds, int greedy,
            List<Healing.Kind> healing, List<Reduction> reductions, Precision precision) {}

    public Study(Settings settings) {
        this.settings = settings;
    }

    /**
     * Measures what is missing and writes results and plots.
     *
     * @param progress is told of each measurement when it is begun
     */
    public void run(Bench bench, ModelFolder folder, Path out, Consumer<String> progress) throws IOException {
        try (Journal journal = journal(out, "journal.jsonl", folder)) {
            Evaluator errors = new Evaluator(bench, settings.precision(), settings.sets());
            PruningStudy study = new PruningStudy(journal, bench, folder, settings.calibration(), errors, progress);
            List<CurvePoint> points = new ArrayList<>();
            List<Integer> counts = new ArrayList<>(List.of(0));
            counts.addAll(settings.counts());
            for (Healing.Kind healing : settings.healing()) {
                for (Metric metric : settings.metrics()) {
                    points.addAll(study.curve(metric.label(), 0, counts, healing));
                }
                for (long seed = 1; seed <= settings.seeds(); seed++) {
                    points.addAll(study.curve(PruningStudy.RANDOM, seed, counts, healing));
                }
                if (settings.greedy() > 0) {
                    points.addAll(study.curve(PruningStudy.GREEDY, 0, IntStream.rangeClosed(0, settings.greedy()).boxed().toList(), healing));
                }
            }
            Map<Metric, Map<Layer, Double>> scores = new EnumMap<>(Metric.class);
            settings.metrics().forEach(metric -> scores.put(metric, study.scores(metric)));
            String reductions = settings.reductions().isEmpty() ? ""
                    : new ReductionStudy(journal, bench, folder, settings.calibration(), errors, out.resolve("reduced-model"), progress).csv(settings.reductions());
            new StudyResults(out).write(folder.config().toString(), points, scores, reductions);
        }
    }

    /** Quantizes the model in every way, measures what is missing and writes the results; {@code progress} as for {@link #run}. */
    public void quantization(Bench bench, ModelFolder folder, Path out, Consumer<String> progress) throws IOException {
        try (Journal journal = journal(out, "quantization.jsonl", folder)) {
            new StudyResults(out).quantization(new QuantizationStudy(journal, bench, folder, settings.sets(), settings.calibration(), progress).run());
        }
    }

    /** Looks at the model before anything is made. */
    private Journal journal(Path out, String name, ModelFolder folder) {
        folder.vocabulary();
        folder.cmvn();
        ObjectNode header = header(folder);
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new DataException(out + " is a file, expected a folder for results");
        }
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new DataException(out + " cannot be made: " + FileErrors.reason(e), e);
        }
        return new Journal(out.resolve(name), header);
    }

    /** What must be the same for results to be: model, recordings, texts, precision. */
    private ObjectNode header(ModelFolder folder) {
        CRC32 data = new CRC32();
        settings.sets().forEach(set -> {
            data.update(set.name().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            set.speech().forEach(speech -> update(data, speech));
        });
        CRC32 calibration = new CRC32();
        settings.calibration().forEach(speech -> update(calibration, speech));
        return new ObjectMapper().createObjectNode()
                .put("version", 1)
                .put("model", folder.config().toString())
                .put("weights", weights(folder))
                .put("data", Long.toHexString(data.getValue()))
                .put("calibration", Long.toHexString(calibration.getValue()))
                .put("precision", settings.precision().name());
    }

    private static void update(CRC32 sum, Speech speech) {
        ByteBuffer bytes = ByteBuffer.allocate(speech.samples().length * Float.BYTES);
        bytes.asFloatBuffer().put(speech.samples());
        sum.update(bytes);
        sum.update(String.valueOf(speech.text()).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String weights(ModelFolder folder) {
        CRC32 sum = new CRC32();
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            for (String name : checkpoint.names()) {
                int width = checkpoint.info(name).type().bytes();
                long count = checkpoint.info(name).count();
                for (long from = 0; from < count; from += PIECE) {
                    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(PIECE, count - from) * width);
                    checkpoint.read(name, from, bytes);
                    sum.update(bytes.flip());
                }
            }
        }
        return Long.toHexString(sum.getValue());
    }
}
