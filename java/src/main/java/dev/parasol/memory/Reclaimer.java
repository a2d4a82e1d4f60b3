package dev.parasol.memory;

/**
 * What one member of a budget can give back. Called on any thread, but only while the member is not at work (or on the
 * thread of its own work, between two attempts), and never twice at a time.
 */
public interface Reclaimer {
    /** Has nothing. */
    Reclaimer NONE = new Reclaimer() {
        @Override
        public long idle() {
            return 0;
        }

        @Override
        public long fixed() {
            return 0;
        }

        @Override
        public void reclaim(ReclaimStep step, long bytes) {
            // has nothing
        }
    };

    /** Bytes that {@link ReclaimStep#TRIM} would give back while the member is not at work. May be asked at any time. */
    long idle();

    /** Bytes that stay the member's until it leaves. May be asked at any time. */
    long fixed();

    /**
     * Does one step.
     *
     * @param bytes how much is missing; giving back more is no mistake
     */
    void reclaim(ReclaimStep step, long bytes);
}
