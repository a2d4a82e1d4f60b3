package dev.parasol.tools.compare;

import dev.parasol.scoring.Edits;
import dev.parasol.scoring.ErrorRate;
import java.util.List;

/**
 * What one model costs and how often it errs.
 *
 * @param name as the user wrote it
 * @param precision what it was run in
 * @param fileBytes of the tensors in the checkpoint
 * @param deviceBytes of the weights on the device
 * @param seconds that the recordings took, once the model was warm
 * @param edits of each recording; null where nobody wrote down what is said
 */
public record Contender(String name, String precision, long fileBytes, long deviceBytes, double seconds, List<Edits> edits) {
    /** The error rate; null where nobody wrote down what is said. */
    public ErrorRate error() {
        return edits == null ? null : ErrorRate.of(edits);
    }
}
