package dev.parasol.cuda;

/**
 * The device's memory at one moment, in bytes, over all processes.
 *
 * @param free  what no process has taken
 * @param total what the device has
 */
public record MemoryInfo(long free, long total) {
}
