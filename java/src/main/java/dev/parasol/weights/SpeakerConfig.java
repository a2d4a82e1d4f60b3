package dev.parasol.weights;

import java.util.List;

/**
 * A CAM++: a head of convolutions over time and frequency, a TDNN layer that keeps every second row, and three blocks whose layers each
 * see what came in and what the layers before them added.
 *
 * @param mels mel bins of a frame, a multiple of 8
 * @param embeddingSize numbers of an embedding
 * @param growthRate channels that a layer adds
 * @param bnSize growth rates that a layer works with
 * @param initChannels channels that come into the first block
 */
public record SpeakerConfig(int mels, int embeddingSize, int growthRate, int bnSize, int initChannels) {
    /** Channels within the head. */
    public static final int HEAD_CHANNELS = 32;
    /** Taps over time of the TDNN layer. */
    public static final int TDNN_TAPS = 5;
    /** Rows of the input for each row behind the TDNN layer. */
    public static final int TDNN_STRIDE = 2;
    /** Taps over time of the blocks' layers. */
    public static final int TAPS = 3;
    /** Rows over which a context is averaged. */
    public static final int SEGMENT_ROWS = 100;
    /** The blocks. */
    public static final List<Block> BLOCKS = List.of(new Block(12, 1), new Block(24, 2), new Block(16, 2));

    /**
     * @param layers layers of the block
     * @param dilation rows from one tap to the next
     */
    public record Block(int layers, int dilation) {}

    /** Channels within a layer. */
    public int bottleneck() {
        return bnSize * growthRate;
    }

    /** Channels within the two layers of a mask. */
    public int maskChannels() {
        return bottleneck() / 2;
    }

    /** Frequencies that the head leaves. */
    public int headFrequencies() {
        return mels / 8;
    }

    /** Channels that come into a block, counted from 0; behind the last one, what is pooled. */
    public int blockInput(int block) {
        return block == 0 ? initChannels : blockOutput(block - 1) / 2;
    }

    /** Channels behind the last layer of a block. */
    public int blockOutput(int block) {
        return blockInput(block) + BLOCKS.get(block).layers() * growthRate;
    }

    /** Channels that are pooled. */
    public int pooled() {
        return blockInput(BLOCKS.size());
    }
}
