package dev.parasol.audio;

/** A recording that cannot be used. The message is meant for the user and stands alone without a stack trace. */
public final class AudioException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public AudioException(String message) {
        super(message);
    }

    public AudioException(String message, Throwable cause) {
        super(message, cause);
    }
}
