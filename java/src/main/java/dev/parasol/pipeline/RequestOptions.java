package dev.parasol.pipeline;

import java.time.Duration;
import java.util.Objects;

/**
 * What a {@link RecognizerService} should know of a request. Immutable.
 *
 * @param deadline how long the answer may take from now on, waiting included, or null: a request that is late fails with a {@link DeadlineException}
 * @param caller on whose behalf it is: callers have fair turns, however much others ask for
 */
public record RequestOptions(Duration deadline, String caller) {
    /** No deadline, and the caller that all have who do not name one. */
    public static final RequestOptions NONE = new RequestOptions(null, "");

    /** Checks the values. */
    public RequestOptions {
        Objects.requireNonNull(caller);
        if (deadline != null && (deadline.isNegative() || deadline.isZero())) {
            throw new IllegalArgumentException("a deadline of " + deadline);
        }
    }

    /** The same with a deadline. */
    public RequestOptions within(Duration time) {
        return new RequestOptions(Objects.requireNonNull(time), caller);
    }

    /** The same for another caller. */
    public RequestOptions by(String name) {
        return new RequestOptions(deadline, name);
    }

    /** Nanoseconds until the deadline; {@link Long#MAX_VALUE} without one, and when it is beyond 292 years. */
    long nanos() {
        try {
            return deadline == null ? Long.MAX_VALUE : deadline.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }
}
