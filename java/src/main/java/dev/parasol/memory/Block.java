package dev.parasol.memory;

/** A piece of a pool's memory, free or in use. Neighbours by address are linked; free ones are also linked in their bin. */
final class Block {
    final long offset;
    long size;
    boolean free;
    /** The stream in whose order the block may be used again. */
    int stream;
    Block below;
    Block above;
    Block nextInBin;
    Block previousInBin;
    /** The place in the handle table while in use. */
    int id;

    Block(long offset, long size, int stream) {
        this.offset = offset;
        this.size = size;
        this.stream = stream;
    }

    long end() {
        return offset + size;
    }

    boolean touches(Block higher) {
        return higher != null && end() == higher.offset;
    }
}
