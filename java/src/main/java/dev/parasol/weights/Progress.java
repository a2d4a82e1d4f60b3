package dev.parasol.weights;

/** Told of the progress of a load, on the loading thread. */
@FunctionalInterface
public interface Progress {
    /** Nobody looks. */
    Progress NONE = (done, total) -> {};

    /** {@code done} of {@code total} bytes lie on the device. */
    void loaded(long done, long total);
}
