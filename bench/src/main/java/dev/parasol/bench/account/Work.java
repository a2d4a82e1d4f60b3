package dev.parasol.bench.account;

/**
 * What one step of the pass must do.
 *
 * @param layer the part of the model that it belongs to
 * @param operation what it is
 * @param flops floating-point operations, a multiplication and an addition counted as two
 * @param bytes that it moves through device memory when every input is read once and every output written once
 * @param weightBytes of these, the weights
 */
public record Work(String layer, String operation, double flops, double bytes, double weightBytes) {
    /** A step by a layer's and an operation's name. */
    static Work of(String layer, String operation, double flops, double activationBytes, double weightBytes) {
        return new Work(layer, operation, flops, activationBytes + weightBytes, weightBytes);
    }
}
