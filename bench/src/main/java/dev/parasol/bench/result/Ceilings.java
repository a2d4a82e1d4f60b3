package dev.parasol.bench.result;

/**
 * What the device was seen to do in the same run: the ends of its roofline.
 *
 * @param copyBytes bytes a second of a large copy on the device, read and written both counted
 * @param productFlops operations a second of a large fp16 matrix product with fp32 sums
 * @param productBy whose product that was
 */
public record Ceilings(double copyBytes, double productFlops, String productBy) {
    /** The least microseconds in which work can be done: that of the slower of arithmetic and memory. */
    public double floorMicros(double flops, double bytes) {
        return 1e6 * Math.max(flops / productFlops, bytes / copyBytes);
    }

    /** Whether memory is what limits that work. */
    public boolean memoryBound(double flops, double bytes) {
        return bytes / copyBytes >= flops / productFlops;
    }

    /** The share of the roofline that was reached, 0 to about 1. */
    public double share(double flops, double bytes, double micros) {
        return floorMicros(flops, bytes) / micros;
    }
}
