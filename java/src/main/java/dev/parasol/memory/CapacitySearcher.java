package dev.parasol.memory;

/**
 * Runs {@link SkylineSearch} in short attempts under changing rules, either at the least height that may be possible, or
 * at heights between that and the best known. Not thread-safe.
 */
final class CapacitySearcher {
    private static final long FIRST_LIMIT = 100;
    private static final double LIMIT_GROWTH = 1.2;
    private static final double CHANCE = 0.8;
    private static final double NEAREST = 0.97;

    private static final long LEAST_NANOS = 1_000_000_000L;

    private final Sections sections;
    private final Incumbent incumbent;
    private final boolean lowest;
    private final double remembered;
    private long seed;
    private double share = 0.5;
    private double limit = FIRST_LIMIT;
    private SkylineSearch search;
    private long capacity = -1;
    private int attempts;
    private long spent;
    private long boxEnd;

    /**
     * @param lowest whether to insist on the least possible height
     * @param remembered share of the failures counted in earlier attempts that still count
     */
    CapacitySearcher(PlacementProblem problem, Incumbent incumbent, boolean lowest, double remembered, long seed) {
        this.sections = new Sections(problem);
        this.incumbent = incumbent;
        this.lowest = lowest;
        this.remembered = remembered;
        this.seed = seed;
    }

    /** One attempt, of at most a second or a fifth of the time that attempts took so far. */
    void attempt() {
        long begin = System.nanoTime();
        boxEnd = begin + Math.max(LEAST_NANOS, spent / 5);
        run();
        spent += System.nanoTime() - begin;
    }

    private void run() {
        aim();
        int rules = SearchRule.ALL.length;
        SearchRule rule = SearchRule.ALL[attempts % rules];
        switch (search.attempt(rule, attempts < rules ? 0 : CHANCE, (long) limit, remembered)) {
            case FOUND -> incumbent.offer(search.offsets());
            case IMPOSSIBLE -> incumbent.refute(capacity);
            case GAVE_UP -> giveWay(rules);
        }
    }

    /** After a round of all rules the next one is longer, and aims nearer to what is known to be possible. */
    private void giveWay(int rules) {
        attempts++;
        if (attempts % rules == 0) {
            limit *= LIMIT_GROWTH;
            share = share > NEAREST ? 0.5 : (1 + share) / 2;
        }
    }

    private void aim() {
        long possible = incumbent.possible();
        long height = incumbent.height();
        boolean first = lowest && possible == sections.lowerBound;
        long wanted = first ? possible : possible + (long) ((height - 1 - possible) * share);
        boolean reached = capacity >= height || capacity < possible;
        if (search == null || reached || wanted != capacity && attempts % SearchRule.ALL.length == 0) {
            capacity = wanted;
            search = new SkylineSearch(sections, capacity, seed++,
                    () -> incumbent.done() || System.nanoTime() - boxEnd >= 0);
        }
    }
}
