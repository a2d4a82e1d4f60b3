package dev.parasol.memory;

/** A block of a pool was used against the rules: the program is wrong, and the message says how. Nothing was changed. */
public final class BlockMisuse extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** What was done wrong. */
    public enum Kind {
        /** The handle's block was given back, and the place may since have been given to another. */
        STALE,
        /** The block had been given back already. */
        DOUBLE_FREE,
        /** The handle is not one of this pool's. */
        FOREIGN,
        /** Something was written outside a block, or into one after it was given back. */
        OVERWRITTEN
    }

    private final Kind kind;

    BlockMisuse(Kind kind, String message, Throwable where) {
        super(message, where);
        this.kind = kind;
    }

    /** What was done wrong. */
    public Kind kind() {
        return kind;
    }
}
