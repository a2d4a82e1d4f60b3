package dev.parasol.tools.compare;

import java.util.List;
import java.util.Map;

/**
 * Models on the same recordings; the first is what the others should be.
 *
 * @param recordings number of them
 * @param seconds of audio
 */
public record Comparison(int recordings, double seconds, Contender first, List<Other> others) {
    /**
     * One of the others.
     *
     * @param stages how far each stage is, in the order of the pass; of the decoder only where both models find as many tokens
     * @param divergence of its output, over the same tokens
     * @param apart recordings in which the models find different numbers of tokens
     * @param difference of its error rate; null where nobody wrote down what is said
     */
    public record Other(Contender contender, Map<String, Difference> stages, Divergence divergence, int apart, PairedDifference difference) {}
}
