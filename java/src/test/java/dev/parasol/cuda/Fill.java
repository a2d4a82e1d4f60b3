package dev.parasol.cuda;

/** The kernel these tests launch: the library's random fill, with its own few lines as the reference. */
final class Fill implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("RandomFillParams", "random_fill.h")
            .pointer("destination").int64("count").uint64("seed").float32("mean").float32("scale").build();
    private static final int BLOCK = 128;
    private static final int ELEMENTS_PER_BLOCK = 2048;

    final Kernel kernel;
    final KernelArguments arguments;

    Fill(CudaContext context) {
        kernel = context.kernels().kernel("random_fill", "random_fill", PARAMS);
        arguments = kernel.newArguments();
    }

    void launch(Stream stream, long destination, int count, long seed) {
        arguments.setPointer(PARAMS.offset("destination"), destination);
        arguments.setLong(PARAMS.offset("count"), count);
        arguments.setLong(PARAMS.offset("seed"), seed);
        arguments.setFloat(PARAMS.offset("mean"), 0.25f);
        arguments.setFloat(PARAMS.offset("scale"), 2);
        kernel.launch(stream, (count + ELEMENTS_PER_BLOCK - 1) / ELEMENTS_PER_BLOCK, 1, 1, BLOCK, 0, arguments);
    }

    /** What the kernel writes at an index. */
    static float expected(long seed, int index) {
        long bits = mix(mix(seed + 0x9e3779b97f4a7c15L) + index * 0x9e3779b97f4a7c15L);
        long sum = (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
        return Math.fma((sum - 131070.0f) * 2.6428998e-5f, 2, 0.25f);
    }

    static float[] expected(long seed, float[] like) {
        float[] values = new float[like.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = expected(seed, i);
        }
        return values;
    }

    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    static float[] floats(HostBuffer buffer) {
        float[] floats = new float[(int) buffer.size() / 4];
        buffer.bytes().asFloatBuffer().get(floats);
        return floats;
    }

    @Override
    public void close() {
        arguments.close();
    }
}
