package dev.parasol.weights;

/** A model folder or checkpoint that cannot be used. The message is meant for the user and stands alone without a stack trace. */
public final class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message a sentence for the user that names the file and what is wrong */
    public ModelException(String message) {
        super(message);
    }

    /** The same, with the failure behind it. */
    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
