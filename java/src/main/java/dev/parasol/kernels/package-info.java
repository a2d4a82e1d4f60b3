/**
 * One typed launcher for each operation: shapes checked, arguments written into the kernel's params struct in native memory, one
 * launch enqueued. Launchers know nothing of models; they take device addresses and never allocate device memory.
 */
package dev.parasol.kernels;
