package dev.parasol.cuda;

/**
 * What the driver's compilation made of a kernel.
 *
 * @param registers   registers a thread
 * @param localBytes  local memory a thread, in bytes: not 0 means spills or a stack
 * @param staticShared statically allocated shared memory a block, in bytes
 * @param maxThreads  largest block that can be launched
 */
public record KernelAttributes(int registers, int localBytes, int staticShared, int maxThreads) {
}
