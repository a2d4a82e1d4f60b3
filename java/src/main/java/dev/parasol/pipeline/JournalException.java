package dev.parasol.pipeline;

/** A journal that cannot be written, or is none of this run. The message is meant for the user and stands alone without a stack trace. */
public final class JournalException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message a sentence for the user that names the journal and what is wrong */
    public JournalException(String message) {
        super(message);
    }

    /** The same, with the failure behind it. */
    public JournalException(String message, Throwable cause) {
        super(message, cause);
    }
}
