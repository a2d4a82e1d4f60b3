package dev.parasol.pipeline;

/** A recording that could not be recognised on this device. The message is meant for the user and stands alone without a stack trace. */
public final class RecognitionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RecognitionException(String message, Throwable cause) {
        super(message, cause);
    }
}
