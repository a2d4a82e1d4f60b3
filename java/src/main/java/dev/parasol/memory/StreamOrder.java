package dev.parasol.memory;

/** Makes what one stream does next wait for what another one was given so far. */
@FunctionalInterface
interface StreamOrder {
    /** @throws dev.parasol.cuda.CudaException when the driver refuses; nothing is ordered then */
    void waitFor(int waiting, int awaited);
}
