package dev.parasol.scoring;

/** A table of texts or names that cannot be used; the message says which file, what was found and what was expected. */
public final class TableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TableException(String message) {
        super(message);
    }

    TableException(String message, Throwable cause) {
        super(message, cause);
    }
}
