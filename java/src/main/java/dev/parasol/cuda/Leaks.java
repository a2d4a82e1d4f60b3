package dev.parasol.cuda;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports objects that were never closed: each is logged once as a warning, when it has become unreachable or when its
 * context is closed. With {@code -Dparasol.leaks=true} every object remembers where it was created (slower).
 * Thread-safe.
 */
public final class Leaks {
    /** System property that keeps the creation stack of every object. */
    public static final String PROPERTY = "parasol.leaks";

    private static final Logger LOG = LoggerFactory.getLogger(Leaks.class);
    private static final AtomicLong COUNT = new AtomicLong();

    private Leaks() {
    }

    /** How many leaks this process has reported so far. */
    public static long count() {
        return COUNT.get();
    }

    static Throwable creation() {
        return Boolean.getBoolean(PROPERTY) ? new Throwable("created here") : null;
    }

    static void report(String what, String when, Throwable creation) {
        COUNT.incrementAndGet();
        if (creation == null) {
            LOG.warn("{} was not closed {}; -D{}=true shows where it was created", what, when, PROPERTY);
        } else {
            LOG.warn("{} was not closed {}", what, when, creation);
        }
    }
}
