package dev.parasol.model;

import dev.parasol.kernels.FbankTables;
import dev.parasol.weights.Cmvn;
import dev.parasol.weights.Constant;
import dev.parasol.weights.DeviceWeights;
import dev.parasol.weights.FrontendConfig;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The front end's tables, which lie on the device beside the weights. */
final class FrontEndTables {
    private static final String FBANK = "frontend.fbank";
    private static final String SHIFT = "frontend.shift";
    private static final String SCALE = "frontend.scale";

    private final FbankTables.OnDevice fbank;
    private final long shift;
    private final long scale;

    private FrontEndTables(FbankTables.OnDevice fbank, long shift, long scale) {
        this.fbank = fbank;
        this.shift = shift;
        this.scale = scale;
    }

    /** What is to be loaded with the weights. */
    static List<Constant> constants(FrontendConfig config, Cmvn cmvn) {
        return List.of(fbank(tables(config)), Constant.of(SHIFT, cmvn.shift()), Constant.of(SCALE, cmvn.scale()));
    }

    private static Constant fbank(FbankTables tables) {
        ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(tables.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        tables.write(content);
        int[] words = new int[content.capacity() / Integer.BYTES];
        content.flip().asIntBuffer().get(words);
        return Constant.of(FBANK, words);
    }

    /** The tables of a filter bank that nothing normalises by other tables. */
    static List<Constant> constants(FbankTables tables) {
        return List.of(fbank(tables));
    }

    /** What {@link #constants(FbankTables)} has loaded. */
    static FrontEndTables in(DeviceWeights weights, FbankTables tables) {
        return new FrontEndTables(tables.at(weights.constant(FBANK)), 0, 0);
    }

    /** The tables among loaded weights. */
    static FrontEndTables in(DeviceWeights weights, FrontendConfig config) {
        return new FrontEndTables(tables(config).at(weights.constant(FBANK)), weights.constant(SHIFT), weights.constant(SCALE));
    }

    private static FbankTables tables(FrontendConfig config) {
        return new FbankTables(config.mels(), FrontendConfig.SAMPLE_RATE);
    }

    FbankTables.OnDevice fbank() {
        return fbank;
    }

    long shift() {
        return shift;
    }

    long scale() {
        return scale;
    }
}
