package dev.parasol.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.cli.DeviceOption;
import dev.parasol.model.Precision;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.importance.Importance;
import dev.parasol.tools.importance.Metric;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Evaluator;
import dev.parasol.tools.run.Layer;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code importance}: how much each layer matters. */
@Command(
        name = "importance",
        description = "Show how much each layer matters, by one or more metrics. The larger a score, the more the layer matters.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "block_influence  1 - cos of the hidden states before and after the layer, mean over frames or tokens",
            "angular          angle between them, over pi; prune removes the run of layers over which it is least",
            "cka              1 - linear CKA of them, on a sample of 1500 rows",
            "taylor           |dL/df|, f multiplying all that the layer adds; L is cross-entropy against the model's own tokens",
            "leave_one_out    error rate (%%) with this layer alone removed; needs --data and --text"
        })
final class ImportanceCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "FunASR model folder.")
    String model;

    @Mixin
    SpeechChoice speech;

    @Mixin
    DeviceOption device;

    @Option(names = "--metrics", split = ",", paramLabel = "M", description = "Metrics (default: block_influence, angular, cka, taylor).")
    List<Metric> metrics = List.of(Metric.BLOCK_INFLUENCE, Metric.ANGULAR, Metric.CKA, Metric.TAYLOR);

    @Option(names = "--json", paramLabel = "FILE", description = "Write the scores as JSON, too.")
    Path json;

    @Override
    public Integer call() throws IOException {
        ResultFile.check(json);
        ModelFolder folder = ModelFolder.open(model);
        List<Speech> calibration = speech.calibration();
        Map<Metric, Map<Layer, Double>> scores = new EnumMap<>(Metric.class);
        List<Layer> layers = Layer.removable(folder.config());
        long steps = (long) layers.size() * metrics.stream().filter(m -> m == Metric.TAYLOR || m == Metric.LEAVE_ONE_OUT).count();
        try (Bench bench = Bench.open(device.spec());
                TerminalBar bar = new TerminalBar("Layers", steps)) {
            Evaluator errors = metrics.contains(Metric.LEAVE_ONE_OUT) ? new Evaluator(bench, Precision.FP16, speech.tests()) : null;
            Importance importance = new Importance(bench, folder, calibration, errors);
            for (Metric metric : metrics) {
                scores.put(metric, importance.scores(metric, layer -> bar.step()));
            }
        }
        print(layers, scores);
        if (json != null) {
            write(scores);
        }
        return 0;
    }

    private static void print(List<Layer> layers, Map<Metric, Map<Layer, Double>> scores) {
        StringBuilder line = new StringBuilder(String.format("%-6s", "layer"));
        scores.keySet().forEach(metric -> line.append(String.format("%17s", metric.label())));
        System.out.println(line);
        for (Layer layer : layers) {
            line.setLength(0);
            line.append(String.format("%-6s", layer));
            scores.values().forEach(values -> line.append(values.containsKey(layer) ? String.format(Locale.ROOT, "%17.6f", values.get(layer)) : String.format("%17s", "-")));
            System.out.println(line);
        }
    }

    private void write(Map<Metric, Map<Layer, Double>> scores) throws IOException {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode root = mapper.createObjectNode();
        scores.forEach((metric, values) -> {
            ObjectNode node = root.putObject(metric.label());
            values.forEach((layer, score) -> node.put(layer.toString(), score));
        });
        ResultFile.write(json, mapper.writeValueAsBytes(root));
    }
}
