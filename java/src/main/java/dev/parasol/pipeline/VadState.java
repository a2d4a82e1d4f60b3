package dev.parasol.pipeline;

import dev.parasol.kernels.Fbank;

/**
 * What a {@link VadStream} needs to go on between segments: little, since what its model remembers comes back when it is given
 * some earlier samples again.
 *
 * @param firstRow the row of features at whose beginning it is given samples again
 * @param tellFrom the first frame that the sink is told of
 * @param endpoint the detector's
 * @param accumulatedMs the schedule's
 * @param counting the schedule's
 * @param steps the schedule's steps so far
 * @param endedInStep whether a segment has ended since the last one
 */
record VadState(int firstRow, int tellFrom, EndpointState endpoint, int accumulatedMs, boolean counting, int steps, boolean endedInStep) {
    VadState {
        if (firstRow < 0 || tellFrom < firstRow || endpoint == null || endpoint.frame() < tellFrom || accumulatedMs < 0 || steps < 0) {
            throw new IllegalArgumentException("no state of a detector");
        }
    }

    /** The first sample that it is given again. */
    long fromSample() {
        return (long) firstRow * Fbank.FRAME_SHIFT;
    }
}
