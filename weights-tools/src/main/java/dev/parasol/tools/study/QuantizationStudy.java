package dev.parasol.tools.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.scoring.Edits;
import dev.parasol.scoring.ErrorRate;
import dev.parasol.tools.compare.PairedDifference;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.data.TestSet;
import dev.parasol.tools.quantize.Calibrated;
import dev.parasol.tools.quantize.Calibration;
import dev.parasol.tools.quantize.Candidate;
import dev.parasol.tools.quantize.Linear;
import dev.parasol.tools.quantize.LinearNoise;
import dev.parasol.tools.quantize.Provenance;
import dev.parasol.tools.quantize.QuantizedCheckpoint;
import dev.parasol.tools.quantize.SchemeChoice;
import dev.parasol.tools.quantize.Trial;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Evaluator;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A model quantized in every way: weights alone, dynamic, static by each calibration, smoothed, and int8 mixed with fp16 by budgets of bytes a quarter,
 * half and three quarters of the way from one to the other; errors on each set beside fp16's, noise of each layer, bytes. Every measurement is kept in
 * the journal. Not thread-safe.
 */
final class QuantizationStudy {
    private static final double ALPHA = 0.5;
    private static final int QUARTERS = 4;
    private static final List<LinearScheme> MIXED = List.of(LinearScheme.INT8_DYNAMIC, LinearScheme.FP16);

    private final ObjectMapper mapper = new ObjectMapper();
    private final Journal journal;
    private final Bench bench;
    private final ModelFolder folder;
    private final List<TestSet> sets;
    private final List<Speech> calibration;
    private final Consumer<String> progress;
    private final Map<String, List<Edits>> base = new LinkedHashMap<>();
    private Calibrated plain;
    private Calibrated smooth;

    QuantizationStudy(Journal journal, Bench bench, ModelFolder folder, List<TestSet> sets, List<Speech> calibration, Consumer<String> progress) {
        this.journal = journal;
        this.bench = bench;
        this.folder = folder;
        this.sets = sets;
        this.calibration = calibration;
        this.progress = progress;
    }

    /** Measures what is missing. */
    QuantizationPoints run() {
        Map<String, JsonNode> points = new LinkedHashMap<>();
        points.put("fp16", point("fp16", LinearScheme.FP16, Calibration.MSE, false));
        points.put("int8-weights", point("int8-weights", LinearScheme.INT8_WEIGHTS, Calibration.MSE, false));
        points.put("int8-dynamic", point("int8-dynamic", LinearScheme.INT8_DYNAMIC, Calibration.MSE, false));
        points.put("int8-dynamic smooth", point("int8-dynamic smooth", LinearScheme.INT8_DYNAMIC, Calibration.MSE, true));
        for (Calibration method : Calibration.values()) {
            String name = "int8-static " + method.text();
            points.put(name, point(name, LinearScheme.INT8_STATIC, method, false));
        }
        points.put("int8-static mse smooth", point("int8-static mse smooth", LinearScheme.INT8_STATIC, Calibration.MSE, true));
        for (int quarters = 1; quarters < QUARTERS; quarters++) {
            int part = quarters;
            String name = "mixed " + quarters + "/" + QUARTERS;
            points.put(name, point(name, Calibration.MSE, false, candidates -> new SchemeChoice(candidates, MIXED).withBytes(budget(candidates, part))));
        }
        return new QuantizationPoints(points);
    }

    private Calibrated calibrated(boolean smoothed) {
        if (smoothed) {
            smooth = smooth != null ? smooth : Calibrated.on(bench, folder, calibration, ALPHA, progress);
            return smooth;
        }
        plain = plain != null ? plain : Calibrated.on(bench, folder, calibration, Double.NaN, progress);
        return plain;
    }

    private JsonNode point(String name, LinearScheme scheme, Calibration method, boolean smoothed) {
        return point(name, method, smoothed, candidates -> new SchemeChoice(candidates, List.of(scheme)).preferred());
    }

    private JsonNode point(String name, Calibration method, boolean smoothed, Function<List<Candidate>, Map<Linear, LinearScheme>> choice) {
        return journal.get("quantization/" + name, () -> {
            Calibrated model = calibrated(smoothed);
            Map<Linear, Float> scales = model.scales(method);
            List<Candidate> candidates = model.candidates(scales, progress);
            Map<Linear, LinearScheme> schemes = choice.apply(candidates);
            Trial trial = new Trial(bench, model, scales);
            ObjectNode node = mapper.createObjectNode();
            try (QuantizedCheckpoint weights = trial.quantized(model.folder().openCheckpoint(), schemes, new Provenance(schemes).json())) {
                node.put("bytes", weights.bytes());
            }
            ObjectNode layers = node.putObject("layers");
            candidates.forEach(c -> layers.putObject(c.linear().name()).put("scheme", schemes.get(c.linear()).text())
                    .put("sqnr_db", LinearNoise.decibels(c.damage().get(schemes.get(c.linear())))));
            ObjectNode errors = node.putObject("sets");
            List<Edits> base = new ArrayList<>();
            List<Edits> all = new ArrayList<>();
            for (TestSet set : sets) {
                progress.accept(name + " " + set.name());
                List<Edits> found = trial.errors(schemes, set.speech());
                put(errors.putObject(set.name()), fp16(set), found);
                base.addAll(fp16(set));
                all.addAll(found);
            }
            if (sets.size() > 1) {
                put(errors.putObject(Evaluator.ALL), base, all);
            }
            return node;
        });
    }

    private static void put(ObjectNode node, List<Edits> base, List<Edits> found) {
        ErrorRate rate = ErrorRate.of(found);
        PairedDifference more = PairedDifference.of(base, found);
        node.put("errors", rate.errors()).put("units", rate.units()).put("percent", rate.percent()).put("low", rate.low()).put("high", rate.high())
                .put("more", more.points()).put("more_low", more.low()).put("more_high", more.high());
    }

    private List<Edits> fp16(TestSet set) {
        return base.computeIfAbsent(set.name(), name -> new Trial(bench, Calibrated.without(folder), Map.of()).errors(Map.of(), set.speech()));
    }

    /** Bytes of the layers, so many quarters of the way from int8 to fp16. */
    private static long budget(List<Candidate> candidates, int quarters) {
        long least = candidates.stream().mapToLong(c -> c.bytes(LinearScheme.INT8_DYNAMIC)).sum();
        long most = candidates.stream().mapToLong(c -> c.bytes(LinearScheme.FP16)).sum();
        return least + (most - least) * quarters / QUARTERS;
    }
}
