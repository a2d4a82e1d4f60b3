package dev.parasol.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * How recordings are divided and packed, by FunASR's names. Values that are none are refused; those that make no sense or are
 * beyond what can be kept are set to the nearest that is not, and a warning says so. Immutable and thread-safe.
 */
public final class TranscribeOptions {
    /** FunASR's own values. */
    public static final TranscribeOptions DEFAULT = builder().build();

    static final double MOST_BATCH_SECONDS = 3600;
    static final int LEAST_MS = 1000;
    static final int MOST_SEGMENT_MS = 600_000;
    static final int MOST_SILENCE_MS = 60_000;

    private final double batchSeconds;
    private final double thresholdSeconds;
    private final boolean mergeVad;
    private final double mergeSeconds;
    private final Integer maxSegmentMs;
    private final Integer maxEndSilenceMs;
    private final Integer speakers;
    private final List<String> warnings;

    private TranscribeOptions(Builder b) {
        warnings = new ArrayList<>(b.warnings);
        batchSeconds = within(OptionName.BATCH_SIZE, b.batchSeconds, LEAST_MS / 1000.0, MOST_BATCH_SECONDS, "");
        thresholdSeconds = within(OptionName.THRESHOLD, b.thresholdSeconds, LEAST_MS / 1000.0, batchSeconds, ", which is " + OptionName.BATCH_SIZE.key());
        mergeVad = b.mergeVad;
        mergeSeconds = within(OptionName.MERGE_LENGTH, b.mergeSeconds, 0, thresholdSeconds, ", since longer pieces would be divided again (" + OptionName.THRESHOLD.key() + ")");
        maxSegmentMs = b.maxSegmentMs == null ? null : (int) within(OptionName.MAX_SEGMENT, b.maxSegmentMs, LEAST_MS, MOST_SEGMENT_MS, " (milliseconds)");
        maxEndSilenceMs = b.maxEndSilenceMs == null ? null : (int) within(OptionName.MAX_END_SILENCE, b.maxEndSilenceMs, 0, MOST_SILENCE_MS, " (milliseconds)");
        speakers = b.speakers == null ? null : (int) within(OptionName.SPEAKERS, b.speakers, 1, SpeakerTrack.MOST_SPEAKERS, "");
    }

    /** A value the caller left alone moves with its bounds in silence. */
    private double within(OptionName name, Builder.Given value, double least, double most, String why) {
        double used = Math.min(Math.max(value.value(), least), most);
        if (used != value.value() && value.given()) {
            warnings.add(name.key() + " is " + OptionName.number(value.value()) + "; " + OptionName.number(used) + " is used" + why);
        }
        return used;
    }

    /** Settings, all with FunASR's own values at first. */
    public static Builder builder() {
        return new Builder();
    }

    /** {@code batch_size_s}: the most seconds of audio in one batch, packed. 300 by default. */
    public double batchSeconds() {
        return batchSeconds;
    }

    /** {@code batch_size_threshold_s}: what is longer, in seconds, is divided. 60 by default. */
    public double thresholdSeconds() {
        return thresholdSeconds;
    }

    /** {@code merge_vad}: whether segments are merged. False by default. */
    public boolean mergeVad() {
        return mergeVad;
    }

    /** {@code merge_length_s}: the length that segments are merged to, in seconds. 15 by default. */
    public double mergeSeconds() {
        return mergeSeconds;
    }

    /** {@code max_single_segment_time}: the length in milliseconds at which a running segment is cut; empty for the model's own. */
    public OptionalInt maxSegmentMs() {
        return maxSegmentMs == null ? OptionalInt.empty() : OptionalInt.of(maxSegmentMs);
    }

    /** {@code max_end_silence_time}: the silence in milliseconds that ends a segment; empty for FunASR's schedule. */
    public OptionalInt maxEndSilenceMs() {
        return maxEndSilenceMs == null ? OptionalInt.empty() : OptionalInt.of(maxEndSilenceMs);
    }

    /** {@code preset_spk_num}: how many speak in each recording; empty where that is to be found out. */
    public OptionalInt speakers() {
        return speakers == null ? OptionalInt.empty() : OptionalInt.of(speakers);
    }

    /** What was set to another value than was asked for, and what was left aside, one sentence each. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Names of what was set and means something to a detector alone. */
    List<String> ofDetector() {
        List<String> names = new ArrayList<>();
        if (mergeVad) {
            names.add(OptionName.MERGE_VAD.key());
        }
        if (maxSegmentMs != null) {
            names.add(OptionName.MAX_SEGMENT.key());
        }
        if (maxEndSilenceMs != null) {
            names.add(OptionName.MAX_END_SILENCE.key());
        }
        return names;
    }

    long thresholdMs() {
        return Math.round(thresholdSeconds * 1000);
    }

    long mergeLengthMs() {
        return Math.round(mergeSeconds * 1000);
    }

    /** Settings; a later value takes the place of an earlier one. Not thread-safe. */
    public static final class Builder {
        /** A value and whether somebody asked for it. */
        private record Given(double value, boolean given) {}

        private Given batchSeconds = new Given(300, false);
        private Given thresholdSeconds = new Given(60, false);
        private boolean mergeVad;
        private Given mergeSeconds = new Given(15, false);
        private Given maxSegmentMs;
        private Given maxEndSilenceMs;
        private Given speakers;
        private final List<String> warnings = new ArrayList<>();

        private Builder() {}

        /** See {@link TranscribeOptions#batchSeconds()}. */
        public Builder batchSeconds(double seconds) {
            batchSeconds = positive(OptionName.BATCH_SIZE, seconds);
            return this;
        }

        /** See {@link TranscribeOptions#thresholdSeconds()}. */
        public Builder thresholdSeconds(double seconds) {
            thresholdSeconds = positive(OptionName.THRESHOLD, seconds);
            return this;
        }

        /** See {@link TranscribeOptions#mergeVad()}. */
        public Builder mergeVad(boolean merge) {
            mergeVad = merge;
            return this;
        }

        /** See {@link TranscribeOptions#mergeSeconds()}. */
        public Builder mergeSeconds(double seconds) {
            mergeSeconds = positive(OptionName.MERGE_LENGTH, seconds);
            return this;
        }

        /** See {@link TranscribeOptions#maxSegmentMs()}. */
        public Builder maxSegmentMs(int milliseconds) {
            maxSegmentMs = positive(OptionName.MAX_SEGMENT, milliseconds);
            return this;
        }

        /** See {@link TranscribeOptions#maxEndSilenceMs()}. */
        public Builder maxEndSilenceMs(int milliseconds) {
            if (milliseconds < 0) {
                throw new IllegalArgumentException(OptionName.MAX_END_SILENCE.key() + " is " + milliseconds + ", expected 0 or more");
            }
            maxEndSilenceMs = new Given(milliseconds, true);
            return this;
        }

        /** See {@link TranscribeOptions#speakers()}. */
        public Builder speakers(int number) {
            speakers = positive(OptionName.SPEAKERS, number);
            return this;
        }

        /**
         * Takes the values of a YAML file with FunASR's keys; those of the detector may stand in {@code vad_kwargs}.
         *
         * @throws dev.parasol.weights.ModelException when the file cannot be read, has a key that is not known, or a value that is none
         */
        public Builder file(Path yaml) {
            new OptionFile(yaml, this).read();
            return this;
        }

        Builder warn(String warning) {
            warnings.add(warning);
            return this;
        }

        private static Given positive(OptionName name, double value) {
            if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(name.key() + " is " + OptionName.number(value) + ", expected " + (value > 0 ? "a finite number" : "more than 0"));
            }
            return new Given(value, true);
        }

        /** The options; see {@link TranscribeOptions#warnings()}. */
        public TranscribeOptions build() {
            return new TranscribeOptions(this);
        }
    }
}
