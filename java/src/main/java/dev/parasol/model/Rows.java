package dev.parasol.model;

/** What the rows of a buffer stand for, and with that how they are shared out among the utterances. */
enum Rows {
    /** Stacked frames: utterance b has {@code frameOffsets[b] … frameOffsets[b + 1]}. */
    FRAMES,
    /** CIF weights: one more than frames for each utterance. */
    WEIGHTS,
    /** Tokens, whose number is known on the device only. */
    TOKENS
}
