package dev.parasol.cli;

/** A command cannot do what it was asked; the message says why and is all that the user sees. */
final class CommandException extends RuntimeException {
    CommandException(String message) {
        super(message);
    }
}
