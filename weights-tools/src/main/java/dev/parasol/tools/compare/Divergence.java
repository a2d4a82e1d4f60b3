package dev.parasol.tools.compare;

/** The mean Kullback-Leibler divergence, in nats a token, of distributions over the vocabulary from others. Not thread-safe. */
public final class Divergence {
    private double sum;
    private long tokens;
    private long sameBest;

    /**
     * Adds tokens.
     *
     * @param exact logarithms of probabilities, one row a token
     * @param found the same of the other model
     */
    public void add(float[] exact, float[] found, int vocabulary) {
        for (int row = 0; row < exact.length; row += vocabulary) {
            int best = row;
            int otherBest = row;
            for (int i = row; i < row + vocabulary; i++) {
                sum += Math.exp(exact[i]) * ((double) exact[i] - found[i]);
                best = exact[i] > exact[best] ? i : best;
                otherBest = found[i] > found[otherBest] ? i : otherBest;
            }
            tokens++;
            sameBest += best == otherBest ? 1 : 0;
        }
    }

    /** Nats a token; 0 of nothing. */
    public double mean() {
        return tokens == 0 ? 0 : sum / tokens;
    }

    /** The share of tokens whose best is the same; 1 of nothing. */
    public double agreement() {
        return tokens == 0 ? 1 : (double) sameBest / tokens;
    }

    /** Number of tokens. */
    public long tokens() {
        return tokens;
    }
}
