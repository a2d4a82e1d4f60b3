package dev.parasol.tools.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.scoring.ErrorRate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A comparison as a table for people and as JSON. */
public final class ComparisonText {
    /** The columns of {@link #rows}. */
    static final List<String> COLUMNS = List.of("model", "run in", "file, MB", "device, MB", "seconds", "errors, %", "95 %", "more errors", "95 %", "KL, nats", "same best");

    private ComparisonText() {}

    /** A row for each model, the first model's first. */
    static List<List<String>> rows(Comparison comparison) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row(comparison.first(), null));
        comparison.others().forEach(other -> rows.add(row(other.contender(), other)));
        return rows;
    }

    private static List<String> row(Contender one, Comparison.Other other) {
        ErrorRate error = one.error();
        PairedDifference more = other == null ? null : other.difference();
        return List.of(one.name(), one.precision(), format("%.2f", one.fileBytes() * 1e-6), format("%.2f", one.deviceBytes() * 1e-6), format("%.2f", one.seconds()),
                error == null ? "" : format("%.2f", error.percent()), error == null ? "" : format("%.2f to %.2f", error.low(), error.high()),
                more == null ? "" : format("%+.2f", more.points()), more == null ? "" : format("%+.2f to %+.2f", more.low(), more.high()),
                other == null ? "" : format("%.2e", other.divergence().mean()), other == null ? "" : format("%.2f %%", 100 * other.divergence().agreement()));
    }

    /** Both tables: models, and stages by signal over noise and cosine. */
    public static String table(Comparison comparison) {
        StringBuilder text = new StringBuilder(format("%d recordings, %.1f s%n%n", comparison.recordings(), comparison.seconds()));
        List<List<String>> rows = new ArrayList<>(List.of(COLUMNS));
        rows.addAll(rows(comparison));
        int[] widths = IntStream.range(0, COLUMNS.size()).map(c -> rows.stream().mapToInt(row -> row.get(c).length()).max().orElse(0)).toArray();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < widths.length; c++) {
                line.append(format(c < 2 ? "%-" + widths[c] + "s  " : "%" + widths[c] + "s  ", row.get(c)));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        for (Comparison.Other other : comparison.others()) {
            text.append(format("%n%s beside %s%s%n", other.contender().name(), comparison.first().name(),
                    other.apart() == 0 ? "" : format("; the decoder's stages without %d recordings in which the numbers of tokens differ", other.apart())));
            other.stages().forEach((name, difference) -> text.append(format("  %-32s %6.1f dB   cosine %.6f%n", name, difference.decibels(), difference.cosine())));
        }
        return text.toString();
    }

    /** Everything, for machines. */
    public static ObjectNode json(Comparison comparison) {
        ObjectNode root = new ObjectMapper().createObjectNode().put("recordings", comparison.recordings()).put("audio_seconds", comparison.seconds());
        ArrayNode models = root.putArray("models");
        put(models.addObject(), comparison.first());
        for (Comparison.Other other : comparison.others()) {
            ObjectNode node = put(models.addObject(), other.contender());
            node.put("kl_nats", other.divergence().mean()).put("same_best", other.divergence().agreement()).put("tokens", other.divergence().tokens())
                    .put("recordings_apart", other.apart());
            if (other.difference() != null) {
                node.putObject("more_errors").put("points", other.difference().points()).put("low", other.difference().low()).put("high", other.difference().high());
            }
            ObjectNode stages = node.putObject("stages");
            other.stages().forEach((name, difference) -> stages.putObject(name).put("sqnr_db", difference.decibels()).put("cosine", difference.cosine()));
        }
        return root;
    }

    private static ObjectNode put(ObjectNode node, Contender one) {
        node.put("name", one.name()).put("precision", one.precision()).put("file_bytes", one.fileBytes()).put("device_bytes", one.deviceBytes()).put("seconds", one.seconds());
        ErrorRate error = one.error();
        if (error != null) {
            node.putObject("error").put("errors", error.errors()).put("units", error.units()).put("percent", error.percent()).put("low", error.low()).put("high", error.high());
        }
        return node;
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
