package dev.parasol.tuning;

import dev.parasol.scoring.ErrorRate;

/**
 * A model in a precision, at the batch size of the balance.
 *
 * @param model folder or synthetic model
 * @param errors its errors on the recordings
 * @param point what it was measured to do
 * @param accepted whether its errors are within the budget
 */
public record TuneCandidate(String model, ErrorRate errors, TunePoint point, boolean accepted) {
}
