package dev.parasol.weights;

import java.util.Map;

/** The ids of tokens. Immutable. */
public final class TokenIds {
    private final Map<String, Integer> ids;
    private final int unknown;

    /** @param unknown the id of every other token */
    TokenIds(Map<String, Integer> ids, int unknown) {
        this.ids = Map.copyOf(ids);
        this.unknown = unknown;
    }

    /** The id of {@code token}, or else that of unknown ones. */
    public int id(String token) {
        return ids.getOrDefault(token, unknown);
    }

    /** Number of tokens that have an id. */
    public int size() {
        return ids.size();
    }
}
