package dev.parasol.tools.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.tools.run.Evaluator;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * What a {@link QuantizationStudy} found.
 *
 * @param byName the journal's values in the order of the study
 */
record QuantizationPoints(Map<String, JsonNode> byName) {
    private static final List<String> NUMBERS = List.of("percent", "low", "high", "more", "more_low", "more_high");

    /** Megabytes of the weights. */
    static double megabytes(JsonNode point) {
        return point.get("bytes").asLong() * 1e-6;
    }

    /** Signal over noise of each layer's output, in decibels. */
    static double[] decibels(JsonNode point) {
        List<Double> decibels = new ArrayList<>();
        point.get("layers").forEach(layer -> decibels.add(layer.get("sqnr_db").asDouble()));
        return decibels.stream().mapToDouble(d -> d).toArray();
    }

    /** The name of all sets together, or of the one there is. */
    String widest() {
        JsonNode sets = byName.values().iterator().next().get("sets");
        return sets.has(Evaluator.ALL) ? Evaluator.ALL : sets.fieldNames().next();
    }

    /** A line for each point and set. */
    String csv() {
        StringBuilder csv = new StringBuilder("point,bytes,least_sqnr_db,mean_sqnr_db,set,errors,units,percent,low,high,more,more_low,more_high\n");
        byName.forEach((name, point) -> {
            double least = DoubleStream.of(decibels(point)).min().orElse(0);
            double mean = DoubleStream.of(decibels(point)).average().orElse(0);
            for (Iterator<Map.Entry<String, JsonNode>> sets = point.get("sets").fields(); sets.hasNext();) {
                Map.Entry<String, JsonNode> set = sets.next();
                csv.append(String.format(Locale.ROOT, "%s,%d,%.1f,%.1f,%s,%d,%d", name, point.get("bytes").asLong(), least, mean, set.getKey(),
                        set.getValue().get("errors").asInt(), set.getValue().get("units").asInt()));
                NUMBERS.forEach(key -> csv.append(String.format(Locale.ROOT, ",%.2f", set.getValue().get(key).asDouble())));
                csv.append('\n');
            }
        });
        return csv.toString();
    }

    /** Everything, every layer's scheme and noise among it. */
    String json() throws JsonProcessingException {
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(byName) + "\n";
    }
}
