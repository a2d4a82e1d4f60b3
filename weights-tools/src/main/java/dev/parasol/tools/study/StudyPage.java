package dev.parasol.tools.study;

import dev.parasol.tools.report.Page;
import dev.parasol.tools.run.Evaluator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** A pruning study as one page. */
final class StudyPage {
    private StudyPage() {}

    /**
     * The page.
     *
     * @param plots by title
     * @param reductions lines of CSV, the header first; empty where none were studied
     */
    static String html(String model, List<CurvePoint> points, Map<String, byte[]> plots, List<String> reductions) {
        Page page = new Page("Layers removed").paragraph(model);
        String set = points.stream().map(CurvePoint::set).anyMatch(Evaluator.ALL::equals) ? Evaluator.ALL : points.get(0).set();
        page.heading("Error rate in %, " + set);
        List<Integer> counts = List.copyOf(new TreeSet<>(points.stream().map(CurvePoint::count).toList()));
        List<String> columns = new ArrayList<>(List.of("layers removed"));
        counts.forEach(count -> columns.add(count.toString()));
        page.table(columns, rows(points.stream().filter(point -> point.set().equals(set)).toList(), counts));
        plots.forEach(page::picture);
        if (!reductions.isEmpty()) {
            page.heading("Taken from within the layers");
            List<List<String>> cells = reductions.stream().map(line -> List.of(line.split(","))).toList();
            page.table(cells.get(0), cells.subList(1, cells.size()));
        }
        return page.html();
    }

    private static List<List<String>> rows(List<CurvePoint> points, List<Integer> counts) {
        Map<String, Map<Integer, Double>> curves = new LinkedHashMap<>();
        for (CurvePoint point : points) {
            String name = point.strategy() + (point.seed() == 0 ? "" : " " + point.seed()) + ", healing " + StudyResults.label(point.healing());
            curves.computeIfAbsent(name, n -> new LinkedHashMap<>()).put(point.count(), point.rate().percent());
        }
        List<List<String>> rows = new ArrayList<>();
        curves.forEach((name, rates) -> {
            List<String> row = new ArrayList<>(List.of(name));
            counts.forEach(count -> row.add(rates.containsKey(count) ? String.format(Locale.ROOT, "%.1f", rates.get(count)) : ""));
            rows.add(row);
        });
        return rows;
    }
}
