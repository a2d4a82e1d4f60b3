package dev.parasol.memory;

/** How a search decides: which section next, and which buffer on it first. Different problems yield to different rules. */
record SearchRule(Next next, Prefer prefer) {
    /** Rules in the order in which they are tried, again and again. */
    static final SearchRule[] ALL = {
        new SearchRule(Next.FEWEST_CHOICES_OFTEN_FAILED, Prefer.SIZE),
        new SearchRule(Next.FEWEST_CHOICES_OFTEN_FAILED, Prefer.SIZE_AND_LENGTH),
        new SearchRule(Next.FEWEST_CHOICES_OFTEN_FAILED, Prefer.LENGTH),
        new SearchRule(Next.LOWEST, Prefer.SNUG),
        new SearchRule(Next.FEW_CHOICES_AND_LOW, Prefer.SIZE),
        new SearchRule(Next.FEW_CHOICES_AND_LOW, Prefer.SIZE_AND_LENGTH),
        new SearchRule(Next.LOWEST, Prefer.LENGTH),
        new SearchRule(Next.FEW_CHOICES_AND_LOW, Prefer.AREA),
        new SearchRule(Next.FEWEST_CHOICES_THEN_LOWEST, Prefer.SNUG),
        new SearchRule(Next.FEWEST_CHOICES_THEN_LOWEST, Prefer.SIZE_AND_LENGTH),
        new SearchRule(Next.FEWEST_CHOICES_THEN_LOWEST, Prefer.LENGTH),
        new SearchRule(Next.LOWEST, Prefer.AREA),
    };

    /** Which section is decided next. */
    enum Next { FEWEST_CHOICES_OFTEN_FAILED, LOWEST, FEWEST_CHOICES_THEN_LOWEST, FEW_CHOICES_AND_LOW }

    /** Which buffer is tried first on it. */
    enum Prefer { LENGTH, SIZE, AREA, SNUG, SIZE_AND_LENGTH }

    /**
     * The lower, the sooner the section is decided.
     *
     * @param choices in how many ways it can be decided
     * @param level its height as a share of the capacity
     * @param failures how often the search failed there, plus 1
     */
    double score(int choices, double level, double failures) {
        return switch (next) {
            case FEWEST_CHOICES_OFTEN_FAILED -> choices / failures;
            case LOWEST -> choices <= 1 ? -1 : level + choices * 1e-9;
            case FEWEST_CHOICES_THEN_LOWEST -> choices * 10 + level;
            case FEW_CHOICES_AND_LOW -> choices <= 1 ? 0 : choices * (1 + 4 * level) / failures;
        };
    }

    /**
     * The higher, the sooner the buffer is tried.
     *
     * @param ends at how many ends of the valley it ends
     * @param level at how many of them its top is then level with the wall
     */
    double preference(long size, int length, int ends, int level) {
        return switch (prefer) {
            case LENGTH -> length + size * 1e-18;
            case SIZE -> size;
            case AREA -> (double) size * length;
            case SNUG -> length + 0.5 * ends + 100 * level;
            case SIZE_AND_LENGTH -> size * Math.sqrt(length);
        };
    }
}
