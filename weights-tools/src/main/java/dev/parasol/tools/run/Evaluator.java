package dev.parasol.tools.run;

import dev.parasol.model.Precision;
import dev.parasol.scoring.Edits;
import dev.parasol.scoring.ErrorRate;
import dev.parasol.tools.data.TestSet;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures a model with some layers removed on test sets. Not thread-safe. */
public final class Evaluator {
    /** The name of all sets taken together. */
    public static final String ALL = "all";

    private final Bench bench;
    private final Precision precision;
    private final List<TestSet> sets;

    public Evaluator(Bench bench, Precision precision, List<TestSet> sets) {
        this.bench = bench;
        this.precision = precision;
        this.sets = List.copyOf(sets);
    }

    /** The error rate on each set, and on {@value #ALL} of them where there are several. */
    public Map<String, ErrorRate> rates(ModelFolder folder, Collection<Layer> removed) {
        Map<String, ErrorRate> rates = new LinkedHashMap<>();
        List<Edits> all = new ArrayList<>();
        try (Variant variant = bench.load(folder, Layer.without(folder.config(), removed), precision)) {
            for (TestSet set : sets) {
                List<Edits> errors = variant.errors(set.speech());
                rates.put(set.name(), ErrorRate.of(errors));
                all.addAll(errors);
            }
        }
        if (sets.size() > 1) {
            rates.put(ALL, ErrorRate.of(all));
        }
        return rates;
    }

    /** The error rate on all sets together. */
    public ErrorRate rate(ModelFolder folder, Collection<Layer> removed) {
        Map<String, ErrorRate> rates = rates(folder, removed);
        return rates.getOrDefault(ALL, rates.get(sets.get(0).name()));
    }
}
