package dev.parasol.memory;

import dev.parasol.cuda.Graph;
import dev.parasol.cuda.GraphExec;
import dev.parasol.cuda.Stream;

/**
 * A captured graph that works on blocks of a {@link BlockPool}. It holds their addresses, so the pool destroys it before
 * it moves or gives back one of them, and the next {@link #launch} records it anew with the addresses of then: what is
 * launched never holds an old address. Made by {@link BlockPool#graph}; closed by its owner before the pool.
 *
 * <p>Thread-safe.
 */
public final class BlockGraph implements AutoCloseable {
    private final BlockPool pool;
    private final Recorder recorder;
    private final long[] handles;
    private GraphExec ready;
    private long recordings;
    private boolean closed;

    /** Enqueues what the graph does. */
    @FunctionalInterface
    public interface Recorder {
        /**
         * Called when the graph is first launched, and again after a block has moved.
         *
         * @param stream captures what is enqueued
         * @param addresses of the graph's blocks, in the order in which they were named; good for this call only
         */
        void record(Stream stream, long[] addresses);
    }

    BlockGraph(BlockPool pool, Recorder recorder, long[] handles) {
        this.pool = pool;
        this.recorder = recorder;
        this.handles = handles.clone();
    }

    /**
     * Enqueues the graph in the order of an attached stream, after recording it there if need be.
     *
     * @throws BlockMisuse when a block of the graph was given back
     */
    public void launch(int stream) {
        synchronized (pool) {
            if (closed) {
                throw new IllegalStateException("the graph is closed");
            }
            if (ready == null) {
                record(pool.stream(stream));
            }
            ready.launch(pool.stream(stream));
        }
    }

    private void record(Stream stream) {
        long[] addresses = new long[handles.length];
        for (int i = 0; i < handles.length; i++) {
            addresses[i] = pool.address(handles[i]);
        }
        try (Graph graph = capture(stream, addresses)) {
            ready = graph.instantiate();
        }
        recordings++;
    }

    private Graph capture(Stream stream, long[] addresses) {
        stream.beginCapture();
        try {
            recorder.record(stream, addresses);
            return stream.endCapture();
        } catch (RuntimeException e) {
            abandon(stream, e);
            throw e;
        }
    }

    /** Ends a capture that failed, so that the stream can be used again. */
    private static void abandon(Stream stream, RuntimeException failure) {
        try {
            stream.endCapture().close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Whether the graph can be launched without recording it again. */
    public boolean ready() {
        synchronized (pool) {
            return ready != null;
        }
    }

    /** How often it was recorded so far. */
    public long recordings() {
        synchronized (pool) {
            return recordings;
        }
    }

    /** Whether the block in that place of the handle table is one of the graph's. The pool's lock is held. */
    boolean holds(int place) {
        for (long handle : handles) {
            if (HandleTable.place(handle) == place) {
                return true;
            }
        }
        return false;
    }

    /** Forgets the addresses. The pool's lock is held. */
    void invalidate() {
        if (ready != null) {
            ready.close();
            ready = null;
        }
    }

    /** Destroys the graph; a launch in progress finishes first. A second call does nothing. */
    @Override
    public void close() {
        synchronized (pool) {
            closed = true;
            pool.forget(this);
            invalidate();
        }
    }
}
