package dev.parasol.cuda;

/** Checks of byte counts before they reach the driver. */
final class Sizes {
    private Sizes() {
    }

    static void positive(long bytes, String what) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("A positive number of bytes of " + what + " is needed, not " + bytes);
        }
    }

    static void within(long offset, long bytes, long size, String what) {
        if (bytes < 0 || offset < 0 || offset > size - bytes) {
            throw new IndexOutOfBoundsException("Bytes " + offset + " to " + (offset + bytes) + " are outside the " + what + " of " + size + " bytes");
        }
    }

    static long roundUp(long bytes, long unit) {
        return Math.multiplyExact((bytes + unit - 1) / unit, unit);
    }
}
