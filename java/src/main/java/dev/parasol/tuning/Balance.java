package dev.parasol.tuning;

import java.util.List;

/**
 * The rules of the search. The balance is the smallest batch whose throughput is within 5 % of the best one's: what is larger takes more memory and
 * time to answer for nothing that is worth it. Batches grow by doubling until two doublings in a row gained less than that.
 */
final class Balance {
    /** A gain that is worth twice the batch. */
    private static final double GAIN = 1.05;
    private static final int FLAT = 2;

    private Balance() {}

    /** The place of the balance; points that shrank or answer later than {@code latency} do not count, unless there are no others. */
    static int of(List<TunePoint> points, double latency) {
        List<TunePoint> good = points.stream().filter(point -> allowed(point, latency)).toList();
        if (good.isEmpty()) {
            return 0;
        }
        double best = good.stream().mapToDouble(TunePoint::throughput).max().orElseThrow();
        return points.indexOf(good.stream().filter(point -> point.throughput() * GAIN >= best).findFirst().orElseThrow());
    }

    private static boolean allowed(TunePoint point, double latency) {
        return !point.shrunk() && point.latencyP95() <= latency;
    }

    /** Why no larger batch need be tried; empty when one should be. */
    static String stop(List<TunePoint> points, double latency, double most) {
        TunePoint last = points.get(points.size() - 1);
        if (last.shrunk()) {
            return "memory does not admit larger batches";
        }
        if (last.latencyP95() > latency) {
            return "larger batches answer later than asked for";
        }
        if (last.batchSeconds() >= most) {
            return "batches do not become larger than this";
        }
        double before = points.subList(0, Math.max(0, points.size() - FLAT)).stream().mapToDouble(TunePoint::throughput).max().orElse(0);
        boolean flat = points.size() > FLAT && points.subList(points.size() - FLAT, points.size()).stream().allMatch(point -> point.throughput() < before * GAIN);
        return flat ? "two doublings in a row gained less than 5 %" : "";
    }

    /** The place of the fastest candidate whose errors are within the budget; of those within 5 % of it the one that holds the least memory. */
    static int recommended(List<TuneCandidate> candidates) {
        double best = candidates.stream().filter(TuneCandidate::accepted).mapToDouble(candidate -> candidate.point().throughput()).max().orElse(0);
        int chosen = -1;
        for (int i = 0; i < candidates.size(); i++) {
            TuneCandidate candidate = candidates.get(i);
            if (candidate.accepted() && candidate.point().throughput() * GAIN >= best
                    && (chosen < 0 || candidate.point().held() < candidates.get(chosen).point().held())) {
                chosen = i;
            }
        }
        return chosen;
    }
}
