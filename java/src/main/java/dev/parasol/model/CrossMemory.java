package dev.parasol.model;

/** What a decoder's tokens attend to. */
interface CrossMemory {
    /** Adds the product that makes a layer's keys and values, which lie side by side: {@code [rows, 2 * d]}. */
    PlannedBuffer keysAndValues(Operations operations, String layer, int d);

    /** Adds the attention of all tokens to a layer's keys and values. */
    void attend(Operations operations, String layer, int heads, PlannedBuffer q, PlannedBuffer kv, Factor attended);
}
