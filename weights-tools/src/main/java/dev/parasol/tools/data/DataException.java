package dev.parasol.tools.data;

import dev.parasol.cli.CommandException;

/** Recordings, texts or files of results that cannot be used; the message says which file, what was found and what was expected. */
public final class DataException extends CommandException {
    private static final long serialVersionUID = 1;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
