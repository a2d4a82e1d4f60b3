package dev.parasol.kernels;

import dev.parasol.cuda.DeviceProperties;

/**
 * A tile of a matrix product as its kernel is compiled: a block computes {@code rows x cols} elements of C, a warp of it
 * {@code warpRows x warpCols}. The kernel's name ends with {@link #name()}. Immutable.
 *
 * @param stageBytes shared memory of one stage of the ring, by which slices of A and W come in
 * @param maxStages  the deepest ring; the shallowest has {@value #MIN_STAGES} stages
 * @param clocks     what one column of K costs a multiprocessor at least, in its clocks
 */
record GemmTile(int rows, int cols, int warpRows, int warpCols, int stageBytes, int maxStages, double clocks) {
    static final int MIN_STAGES = 2;
    private static final int DEPTH = 64;
    private static final int MAX_STAGES = 8;
    /** What the driver takes of a multiprocessor's shared memory for each block. */
    private static final int RESERVED_SHARED = 1024;
    /** With as many warps a multiprocessor's four schedulers find one that is not waiting: blocks of fewer share a multiprocessor. */
    private static final int ENOUGH_WARPS = 8;

    /**
     * An fp16 tile; a stage holds 64 columns of K of its rows and columns. A multiprocessor of sm_80 does 1024 multiply-adds of fp16 a clock, its shared memory
     * moves 128 bytes, here the fragments of every warp and the slices of the block, and L2 sends it 64 bytes.
     */
    static GemmTile f16(int rows, int cols, int warpRows, int warpCols) {
        int warps = rows / warpRows * (cols / warpCols);
        double shared = (warps * (warpRows + warpCols) + rows + cols) * Short.BYTES / 128.0;
        double load = (rows + cols) * Short.BYTES / 64.0;
        return new GemmTile(rows, cols, warpRows, warpCols, (rows + cols) * DEPTH * Short.BYTES, MAX_STAGES,
                Math.max(rows * cols / 1024.0, Math.max(shared, load)));
    }

    /** An int8 tile; a stage holds 128 columns of K of its rows and columns. The tensor cores do twice as many multiply-adds of int8 a clock as of fp16. */
    static GemmTile s8(int rows, int cols, int warpRows, int warpCols) {
        int warps = rows / warpRows * (cols / warpCols);
        double shared = (warps * (warpRows + warpCols) + rows + cols) / 128.0;
        return new GemmTile(rows, cols, warpRows, warpCols, (rows + cols) * 2 * DEPTH, MAX_STAGES,
                Math.max(rows * cols / 2048.0, Math.max(shared, (rows + cols) / 64.0)));
    }

    /** An fp16 tile with int8 weights, which are half of the traffic of its columns. */
    static GemmTile w8(int rows, int cols, int warpRows, int warpCols) {
        int warps = rows / warpRows * (cols / warpCols);
        double shared = (warps * (2 * warpRows + warpCols) + 2 * rows + cols) / 128.0;
        return new GemmTile(rows, cols, warpRows, warpCols, (2 * rows + cols) * DEPTH, MAX_STAGES,
                Math.max(rows * cols / 1024.0, Math.max(shared, (2 * rows + cols) / 64.0)));
    }

    /**
     * An fp32 tile of 128 columns and 128 threads: two slices of 16 columns, transposed, their rows 4 floats longer than the tile. A multiprocessor of sm_80 does
     * 64 multiply-adds of fp32 a clock.
     */
    static GemmTile f32(int rows) {
        return new GemmTile(rows, 128, rows / 2, 64, 16 * (rows + 4 + 128 + 4) * Float.BYTES, MIN_STAGES,
                Math.max(rows * 128 / 64.0, (rows + 128) * Float.BYTES / 64.0));
    }

    String name() {
        return rows + "x" + cols;
    }

    int threads() {
        return 32 * warps();
    }

    private int warps() {
        return rows / warpRows * (cols / warpCols);
    }

    long blocks(int m, int n) {
        return (long) BoundKernel.blocks(m, rows) * BoundKernel.blocks(n, cols);
    }

    /** Blocks that are meant to be at work on a multiprocessor at once. */
    int resident(DeviceProperties device) {
        int wanted = Math.max(1, ENOUGH_WARPS / warps());
        return device.sharedMemoryPerMultiprocessor() / wanted - RESERVED_SHARED >= MIN_STAGES * stageBytes ? wanted : 1;
    }

    /** The ring's depth on a device: what its shared memory holds with {@link #resident} blocks; 0 where the tile does not fit at all. */
    int stages(DeviceProperties device) {
        int bytes = Math.min(device.sharedMemoryPerBlockOptIn(), device.sharedMemoryPerMultiprocessor() / resident(device) - RESERVED_SHARED);
        int stages = Math.min(maxStages, bytes / stageBytes);
        return stages < MIN_STAGES ? 0 : stages;
    }
}
