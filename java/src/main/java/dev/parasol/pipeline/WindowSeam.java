package dev.parasol.pipeline;

import java.util.List;
import java.util.function.IntPredicate;

/**
 * Where two windows overlap both have heard the same words: which of them are whose. A token belongs to the window on whose side
 * of the cut it begins. The two may differ a little about when a token begins: one that would be counted twice, or by none, since it
 * is the same one on both sides and begins next to the cut, is the left one's. A word of several tokens is not divided.
 *
 * @param left how many of the left window's tokens are its own
 * @param right how many of the right window's first tokens are not its own
 */
record WindowSeam(int left, int right) {
    /** Times of one token that differ by less are the same. Even fast speech has fewer than four tokens in a second. */
    private static final int NEAR_MS = 250;

    /**
     * A window's tokens and their times in the recording.
     *
     * @param ids the tokens
     * @param times as many
     */
    record Heard(List<Integer> ids, List<Timestamp> times) {
        int size() {
            return ids.size();
        }

        int start(int token) {
            return times.get(token).startMs();
        }

        /** The first token that begins at {@code ms} or later; their number where there is none. */
        int firstFrom(long ms) {
            int token = 0;
            while (token < size() && start(token) < ms) {
                token++;
            }
            return token;
        }
    }

    /** @param continues whether the word that a token belongs to goes on with the next one */
    static WindowSeam at(long cutMs, Heard left, Heard right, IntPredicate continues) {
        int l = left.firstFrom(cutMs);
        int r = right.firstFrom(cutMs);
        if (l > 0 && r < right.size() && same(left, l - 1, right, r)) {
            r++;
        } else if (l < left.size() && r > 0 && same(left, l, right, r - 1)) {
            l++;
        }
        while (l > 0 && l < left.size() && continues.test(left.ids().get(l - 1))) {
            l++;
        }
        while (r > 0 && r < right.size() && continues.test(right.ids().get(r - 1))) {
            r++;
        }
        return new WindowSeam(l, r);
    }

    private static boolean same(Heard left, int l, Heard right, int r) {
        return left.ids().get(l).equals(right.ids().get(r)) && Math.abs(left.start(l) - right.start(r)) < NEAR_MS;
    }
}
