package dev.parasol.pipeline;

/** A request was not answered within its deadline. The message is meant for the user. */
public final class DeadlineException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DeadlineException(String message) {
        super(message);
    }
}
