/**
 * The CUDA driver for the rest of the library, and the only package that knows JCuda: devices, contexts, streams, events,
 * memory plain, pinned and virtual, kernels with their params structs, graphs.
 *
 * <p>Every result of the driver is checked and becomes a {@link dev.parasol.cuda.CudaException} with number, name and call.
 * Every native object has one owner that is closed; one that is forgotten is reported by {@link dev.parasol.cuda.Leaks}. A
 * close may come from any thread and any number of times; one that the driver refused can be tried again. Device addresses
 * are plain numbers: nothing here knows whether memory is still in use, so it is closed after the work that uses it.
 */
package dev.parasol.cuda;
