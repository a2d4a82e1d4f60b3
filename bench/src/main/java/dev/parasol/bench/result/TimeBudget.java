package dev.parasol.bench.result;

import java.util.function.LongSupplier;

/** The time that a run may take, so that it ends by itself before it is ended. Not thread-safe. */
public final class TimeBudget {
    private static final double NANOS = 1e9;

    private final LongSupplier clock;
    private final long start;
    private final double seconds;

    /** @param seconds from now on, above zero */
    public TimeBudget(double seconds) {
        this(seconds, System::nanoTime);
    }

    TimeBudget(double seconds, LongSupplier clock) {
        if (!(seconds > 0)) {
            throw new IllegalArgumentException("a time budget of " + seconds + " s");
        }
        this.seconds = seconds;
        this.clock = clock;
        this.start = clock.getAsLong();
    }

    /** Seconds since the beginning. */
    public double spent() {
        return (clock.getAsLong() - start) / NANOS;
    }

    /** Seconds that are left, 0 when none are. */
    public double left() {
        return Math.max(0, seconds - spent());
    }

    /** Whether something that takes about so many seconds may be begun. */
    public boolean allows(double estimate) {
        return left() > 0 && left() >= estimate;
    }
}
