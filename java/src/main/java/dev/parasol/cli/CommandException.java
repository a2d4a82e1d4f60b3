package dev.parasol.cli;

/** A command cannot do what it was asked; the message says why and is all that the user sees. */
public class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CommandException(String message) {
        super(message);
    }

    public CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
