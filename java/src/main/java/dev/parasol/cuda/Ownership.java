package dev.parasol.cuda;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The one right to release a native object, apart from the Java object that stands for it, so that it can outlive that
 * object in the Cleaner. Every use passes through {@link #enter} and {@link #exit}: closing while another thread is
 * inside a driver call refuses new uses at once and releases when the last use ends, so a handle is never used after
 * its release. Thread-safe.
 *
 * <p>An object that became unreachable without being closed is reported, and released only where nothing else can hold
 * on to it: streams, events, modules and graphs, but not memory, whose address may still be in a launch, a graph or a
 * buffer view. Such memory is released with its context.
 */
final class Ownership implements Runnable {
    /** The driver call that gives the object back; must not refer to the Java object that owns it. */
    interface Release {
        void run();
    }

    private static final Cleaner CLEANER = Cleaner.create();
    private static final int CLOSED = 1 << 30;

    private final ContextState context;
    private final String what;
    private final boolean releaseWhenUnreachable;
    private final Release release;
    private final Throwable creation = Leaks.creation();
    private final Cleaner.Cleanable cleanable;
    /** Number of uses in progress, and the CLOSED bit. */
    private final AtomicInteger uses = new AtomicInteger();
    private boolean released;

    /**
     * @param owner   the Java object whose reachability counts
     * @param context the context to be current for the release, which keeps the object until it is released; null for a context itself
     * @param what    the object's name in messages
     */
    Ownership(Object owner, ContextState context, String what, boolean releaseWhenUnreachable, Release release) {
        this.context = context;
        this.what = what;
        this.releaseWhenUnreachable = releaseWhenUnreachable;
        this.release = release;
        this.cleanable = CLEANER.register(owner, this);
        if (context != null) {
            context.adopt(this);
        }
    }

    /** Begins a use; {@link #exit} must follow. */
    void enter() {
        if (uses.getAndIncrement() >= CLOSED) {
            exit();
            throw new IllegalStateException(what + " is closed");
        }
    }

    void exit() {
        if (uses.decrementAndGet() == CLOSED) {
            release();
        }
    }

    boolean closed() {
        return uses.get() >= CLOSED;
    }

    /** Releases now, or at the end of the last use in progress. A close that failed can be tried again; after success it does nothing. */
    void close() {
        if ((markClosed() & ~CLOSED) == 0) {
            release();
        }
    }

    private int markClosed() {
        return uses.getAndUpdate(value -> value | CLOSED);
    }

    /** Closes on behalf of the context, waiting for uses in progress on other threads, and reports the missing close. */
    void closeWithContext() {
        if ((markClosed() & CLOSED) == 0) {
            Leaks.report(what, "before its context", creation);
        }
        while (uses.get() != CLOSED) {
            LockSupport.parkNanos(50_000);
        }
        release();
    }

    private synchronized void release() {
        if (released) {
            return;
        }
        if (context == null) {
            release.run();
        } else if (context.bindForRelease()) {
            release.run();
        }
        forget();
    }

    /** Ends the ownership without a release, for what the driver has taken back by itself. */
    synchronized void forget() {
        released = true;
        if (context != null) {
            context.disown(this);
        }
        cleanable.clean();
    }

    /** The Cleaner's call, which also comes from {@link #forget}. */
    @Override
    public void run() {
        synchronized (this) {
            if (released) {
                return;
            }
        }
        int before = markClosed();
        if ((before & CLOSED) == 0) {
            Leaks.report(what, "before it became unreachable", creation);
        }
        if (releaseWhenUnreachable && (before & ~CLOSED) == 0) {
            release();
        }
    }
}
