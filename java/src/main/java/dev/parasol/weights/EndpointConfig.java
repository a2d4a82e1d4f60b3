package dev.parasol.weights;

/**
 * How voice activity detection makes segments of scores, by FunASR's names ({@code model_conf} of its configuration); times in
 * milliseconds, levels in decibel.
 *
 * @param maxEndSilence {@code max_end_silence_time}: silence that ends a segment
 * @param window {@code window_size_ms}: frames that are smoothed over
 * @param silenceToSpeech {@code sil_to_speech_time_thres}: speech within the window that begins a segment
 * @param speechToSilence {@code speech_to_sil_time_thres}: speech within the window at or below which silence begins
 * @param lookback {@code lookback_time_start_point}: by what a segment begins earlier than its speech was noticed, the window aside
 * @param lookahead {@code lookahead_time_end_point}: silence that is kept at the end of a segment
 * @param maxSegment {@code max_single_segment_time}: the length at which a segment is cut
 * @param speechNoiseThreshold {@code speech_noise_thres}: by how much the posterior of speech must exceed that of silence
 * @param speechNoiseRatio {@code speech_2_noise_ratio}: exponent of silence's posterior
 * @param leastDecibel {@code decibel_thres}: a frame below is silent
 * @param leastRatio {@code snr_thres}: a frame less than this above the mean of silent frames is silent
 * @param noiseFrames {@code noise_frame_num_used_for_snr}: silent frames that the mean runs over
 */
public record EndpointConfig(int maxEndSilence, int window, int silenceToSpeech, int speechToSilence, int lookback, int lookahead, int maxSegment,
        double speechNoiseThreshold, double speechNoiseRatio, double leastDecibel, double leastRatio, int noiseFrames) {
    /** Milliseconds from one frame to the next. */
    public static final int FRAME_MS = 10;

    /** The same with another {@code max_end_silence_time}. */
    public EndpointConfig withMaxEndSilence(int milliseconds) {
        return new EndpointConfig(milliseconds, window, silenceToSpeech, speechToSilence, lookback, lookahead, maxSegment, speechNoiseThreshold,
                speechNoiseRatio, leastDecibel, leastRatio, noiseFrames);
    }

    /** The same with another {@code max_single_segment_time}. */
    public EndpointConfig withMaxSegment(int milliseconds) {
        return new EndpointConfig(maxEndSilence, window, silenceToSpeech, speechToSilence, lookback, lookahead, milliseconds, speechNoiseThreshold,
                speechNoiseRatio, leastDecibel, leastRatio, noiseFrames);
    }
}
