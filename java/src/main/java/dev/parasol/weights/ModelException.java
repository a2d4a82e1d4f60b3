package dev.parasol.weights;

/** A model folder or checkpoint that cannot be used. The message is meant for the user and stands alone without a stack trace. */
public final class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
