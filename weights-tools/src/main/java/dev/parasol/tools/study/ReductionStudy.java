package dev.parasol.tools.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.files.FileErrors;
import dev.parasol.scoring.ErrorRate;
import dev.parasol.tools.data.DataException;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.prune.Healing;
import dev.parasol.tools.prune.Reduction;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Evaluator;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Errors of a model from whose layers something is taken, as {@code prune} writes it, by each way to mend it. Not thread-safe. */
final class ReductionStudy {
    private final ObjectMapper mapper = new ObjectMapper();
    private final Journal journal;
    private final Bench bench;
    private final ModelFolder folder;
    private final List<Speech> calibration;
    private final Evaluator errors;
    private final Path scratch;
    private final Consumer<String> progress;

    private record Row(Reduction reduction, Healing.Kind healing, long bytes, Map<String, ErrorRate> rates) {}

    /**
     * Studies reductions.
     *
     * @param scratch folder that a reduced model lies in while it is measured; one that a stopped run has left is deleted
     * @param progress is told of each measurement when it is begun
     */
    ReductionStudy(Journal journal, Bench bench, ModelFolder folder, List<Speech> calibration, Evaluator errors, Path scratch, Consumer<String> progress) {
        this.scratch = scratch;
        this.journal = journal;
        this.bench = bench;
        this.folder = folder;
        this.calibration = calibration;
        this.errors = errors;
        this.progress = progress;
    }

    /** Measures what is not in the journal, and returns all as CSV. */
    String csv(List<Reduction> reductions) {
        List<Row> rows = new ArrayList<>();
        for (Reduction reduction : reductions) {
            for (Healing.Kind healing : reduction.healing()) {
                String key = "reduction/" + reduction + "/" + healing;
                JsonNode found = journal.get(key, () -> {
                    progress.accept(key);
                    return measured(reduction, healing);
                });
                rows.add(new Row(reduction, healing, found.get("bytes").asLong(), MeasuredRates.of(found)));
            }
        }
        StringBuilder csv = new StringBuilder("reduction,healing,bytes,set,errors,units,percent,low,high\n");
        for (Row row : rows) {
            row.rates.forEach((set, rate) -> csv.append(String.format(Locale.ROOT, "%s,%s,%d,%s,%d,%d,%.3f,%.3f,%.3f%n", row.reduction,
                    row.healing.name().toLowerCase(Locale.ROOT), row.bytes, set, rate.errors(), rate.units(), rate.percent(), rate.low(), rate.high())));
        }
        return csv.toString();
    }

    private ObjectNode measured(Reduction reduction, Healing.Kind healing) {
        try {
            delete();
            ObjectNode node = mapper.createObjectNode();
            node.put("bytes", reduction.write(bench, folder, Path.of(folder.name()), calibration, healing, scratch));
            MeasuredRates.put(node, errors.rates(ModelFolder.open(scratch.toString()), List.of()));
            return node;
        } catch (IOException e) {
            throw new DataException("a reduced model cannot be written: " + FileErrors.reason(e), e);
        } finally {
            delete();
        }
    }

    private void delete() {
        if (!Files.exists(scratch)) {
            return;
        }
        try {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(scratch)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
            Files.delete(scratch);
        } catch (IOException e) {
            throw new DataException(scratch + " cannot be deleted: " + FileErrors.reason(e), e);
        }
    }
}
