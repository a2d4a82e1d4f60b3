package dev.parasol.bench.gpu;

import dev.parasol.cuda.DeviceSpec;

/**
 * How large everything is: a GPU's full shapes, or tiny ones by which the software device shows that the benchmark works.
 *
 * @param frames packed frames of the encoder
 * @param width the encoder's width
 * @param ffn the feed-forward's width
 * @param framesPerSecond of audio, in which attention's segments are counted
 * @param copyBytes of one device copy
 * @param rotateBytes operands are rotated over at least so much memory, more than a cache holds
 * @param launches in one sample
 * @param samples of a device timing
 * @param passes samples of a whole forward pass
 * @param utterances of ten seconds in the packed pass
 */
record Sizes(int frames, int width, int ffn, double framesPerSecond, long copyBytes, long rotateBytes, int launches, int samples, int passes, int utterances) {
    static final int HEADS = 4;
    static final int UTTERANCE_SECONDS = 10;

    static Sizes of(DeviceSpec device) {
        return device.kind() == DeviceSpec.Kind.CUDA
                ? new Sizes(6000, 512, 2048, 1000 / 60.0, 1L << 30, 256L << 20, 50, 20, 10, 30)
                : new Sizes(96, 128, 256, 1, 1L << 20, 1, 2, 3, 2, 2);
    }

    /** How many sets of operands of {@code bytes} each are rotated. */
    int sets(long bytes) {
        return (int) Math.max(1, Math.min(launches, (rotateBytes + bytes - 1) / bytes));
    }
}
