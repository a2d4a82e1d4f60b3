package dev.parasol.cuda;

/** The device that was asked for cannot be used in this process; the message says why and what would help. */
public final class DeviceUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DeviceUnavailableException(String message) {
        super(message);
    }

    DeviceUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
