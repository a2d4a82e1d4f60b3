package dev.parasol.memory;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.cuda.Stream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The checks of a pool's debug mode. Each block lies between two red zones, is filled with one pattern when handed out
 * and with another when given back, and is then held back for a while; zones and pattern are looked at when the block is
 * given back and when it leaves the quarantine. Who allocated and who freed is remembered. Not thread-safe.
 */
final class BlockGuard {
    /** Bytes of a red zone. */
    static final int ZONE = 256;
    static final byte ZONE_PATTERN = (byte) 0xFD;
    static final byte NEW_PATTERN = (byte) 0xCD;
    static final byte FREED_PATTERN = (byte) 0xDD;
    /** Blocks held back at most. */
    static final int QUARANTINE = 64;

    private static final int LOOK_BYTES = 1 << 20;

    private final CudaContext context;
    private final Map<Integer, Life> lives = new HashMap<>();
    private final Deque<Held> quarantine = new ArrayDeque<>();

    /** Who asked for a block, how many bytes, and who gave it back. */
    private static final class Life {
        final long handle;
        final long bytes;
        final Throwable allocated = new Throwable("allocated here");
        Throwable freed;

        Life(long handle, long bytes) {
            this.handle = handle;
            this.bytes = bytes;
        }
    }

    private record Held(Block block, int stream, Stream order, Life life) {
    }

    /** Gives a block back to the pool's index. */
    interface Release {
        void free(Block block, int stream);
    }

    BlockGuard(CudaContext context) {
        this.context = context;
    }

    long padded(long bytes) {
        return Math.addExact(bytes, 2 * ZONE);
    }

    void arm(long handle, Block block, long bytes, long base, Stream stream) {
        long start = base + block.offset;
        stream.fill(start, ZONE_PATTERN, block.size);
        stream.fill(start + ZONE, NEW_PATTERN, bytes);
        stream.synchronize();
        lives.put(block.id, new Life(handle, bytes));
    }

    /** Looks at the red zones of a block that is being given back. */
    void disarm(long handle, Block block, long base, Stream stream) {
        Life life = lives.get(block.id);
        long start = base + block.offset;
        look(start, ZONE, ZONE_PATTERN, stream, life, "before the block");
        long after = ZONE + life.bytes;
        look(start + after, block.size - after, ZONE_PATTERN, stream, life, "after the block");
        life.freed = new Throwable("given back here", life.allocated);
    }

    /** Holds a block back, and lets the oldest go when there are too many. */
    void quarantine(Block block, int stream, long base, Stream order, Release release) {
        order.synchronize();
        order.fill(base + block.offset, FREED_PATTERN, block.size);
        order.synchronize();
        quarantine.addLast(new Held(block, stream, order, lives.get(block.id)));
        if (quarantine.size() > QUARANTINE) {
            releaseOldest(base, release);
        }
    }

    boolean holdsBack() {
        return !quarantine.isEmpty();
    }

    void releaseAll(long base, Release release) {
        while (!quarantine.isEmpty()) {
            releaseOldest(base, release);
        }
    }

    private void releaseOldest(long base, Release release) {
        Held held = quarantine.removeFirst();
        release.free(held.block(), held.stream());
        look(base + held.block().offset, held.block().size, FREED_PATTERN, held.order(), held.life(), "after it was given back");
    }

    /** Where the handle's block was allocated, and freed if it was; null when that is not known (any more). */
    Throwable history(long handle) {
        Life life = lives.get(HandleTable.place(handle));
        if (life == null || life.handle != handle) {
            return null;
        }
        return life.freed == null ? life.allocated : life.freed;
    }

    private void look(long address, long bytes, byte pattern, Stream stream, Life life, String where) {
        int piece = (int) Math.min(bytes, LOOK_BYTES);
        if (piece == 0) {
            return;
        }
        try (HostBuffer host = context.allocateHost(piece)) {
            for (long done = 0; done < bytes; done += piece) {
                int count = (int) Math.min(piece, bytes - done);
                stream.copyToHost(host, 0, address + done, count);
                stream.synchronize();
                ByteBuffer seen = host.bytes();
                for (int i = 0; i < count; i++) {
                    if (seen.get(i) != pattern) {
                        throw new BlockMisuse(BlockMisuse.Kind.OVERWRITTEN, "byte " + (done + i) + " " + where + " of "
                                + life.bytes + " bytes was written", life.freed == null ? life.allocated : life.freed);
                    }
                }
            }
        }
    }
}
