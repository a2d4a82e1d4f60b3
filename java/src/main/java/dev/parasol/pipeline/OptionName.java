package dev.parasol.pipeline;

import java.math.BigDecimal;
import java.util.List;

/** FunASR's names of what can be set, the older one of an option behind the present one. */
enum OptionName {
    BATCH_SIZE("batch_size_s"),
    THRESHOLD("batch_size_threshold_s", "batch_size_token_threshold_s"),
    MERGE_VAD("merge_vad"),
    MERGE_LENGTH("merge_length_s"),
    MAX_SEGMENT("max_single_segment_time"),
    MAX_END_SILENCE("max_end_silence_time"),
    SPEAKERS("preset_spk_num");

    private final List<String> keys;

    OptionName(String... keys) {
        this.keys = List.of(keys);
    }

    /** The present name. */
    String key() {
        return keys.get(0);
    }

    /** All names. */
    List<String> keys() {
        return keys;
    }

    /** Whether it is one of the detector's, which FunASR has in {@code vad_kwargs}. */
    boolean ofDetector() {
        return this == MAX_SEGMENT || this == MAX_END_SILENCE;
    }

    /** A number as people write it. */
    static String number(double value) {
        return Math.abs(value) < 1e15 ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString() : Double.toString(value);
    }
}
