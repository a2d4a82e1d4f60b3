package dev.parasol.cuda;

/** Where a stream's work goes instead of the device while a {@link LaunchGraph} is made or set. */
interface NodeSink {
    /** A launch; {@code parameters} is the array that {@link KernelArguments} keep, read before this returns. */
    void kernel(String name, long function, int gridX, int gridY, int gridZ, int block, int sharedBytes, long parameters);

    /** {@code count} elements of 1 or 4 bytes set to a value. */
    void fill(long device, int value, int elementBytes, long count);
}
