package dev.parasol.memory;

import dev.parasol.cuda.PhysicalChunk;
import java.util.BitSet;

/**
 * Physical memory of a {@link VirtualRegion}, and the slots of the address range under which it lies. Of several slots
 * one is active: memory is used through that one only, until another becomes active.
 */
final class Chunk {
    final PhysicalChunk memory;
    final BitSet slots = new BitSet();
    /** The slot in which it was first; -1 while it is mapped nowhere. */
    int home = -1;
    /** The slot through which it is used; -1 while it is mapped nowhere. */
    int active = -1;
    /** The last search that met the chunk, and the slot where it did. */
    long search;
    int met;

    Chunk(PhysicalChunk memory) {
        this.memory = memory;
    }
}
