package dev.parasol.tools.study;

import dev.parasol.scoring.ErrorRate;
import dev.parasol.tools.prune.Healing;
import dev.parasol.tools.run.Layer;
import java.util.List;

/**
 * One measured point.
 *
 * @param strategy a metric's name, {@code greedy}, or {@code random}
 * @param seed of random removal, else 0
 * @param set the test set
 */
record CurvePoint(String strategy, long seed, Healing.Kind healing, List<Layer> removed, String set, ErrorRate rate) {
    /** Layers removed. */
    int count() {
        return removed.size();
    }
}
