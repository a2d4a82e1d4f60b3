package dev.parasol.pipeline;

import java.util.List;
import java.util.function.IntPredicate;

/**
 * Where two windows overlap both have heard the same words: which of them are whose. The times of a word differ between the two, so the
 * words themselves are laid side by side, as many as possible and those whose times differ least, and the word that both have heard
 * nearest to the cut is the left one's last. Where they have none in common, a token belongs to the window on whose side of the
 * cut it begins. A word of several tokens is not divided.
 *
 * @param left how many of the left window's tokens are its own
 * @param right how many of the right window's first tokens are not its own
 */
record WindowSeam(int left, int right) {
    /** A token's times in two windows differ by less. */
    private static final int NEAR_MS = 1000;

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
        int[] pair = nearest(cutMs, left, right);
        int l = pair == null ? left.firstFrom(cutMs) : pair[0] + 1;
        int r = pair == null ? right.firstFrom(cutMs) : pair[1] + 1;
        while (l > 0 && l < left.size() && continues.test(left.ids().get(l - 1))) {
            l++;
        }
        while (r > 0 && r < right.size() && continues.test(right.ids().get(r - 1))) {
            r++;
        }
        return new WindowSeam(l, r);
    }

    /** The tokens, left and right, that are one and the same and nearest to the cut; null where there are none. */
    private static int[] nearest(long cutMs, Heard left, Heard right) {
        // best[i][j]: what can be had of the tokens from i on the left and from j on the right.
        int firstLeft = left.firstFrom(right.size() == 0 ? Long.MAX_VALUE : right.start(0) - NEAR_MS);
        int lastRight = right.firstFrom(left.size() == 0 ? 0 : left.start(left.size() - 1) + NEAR_MS + 1);
        int rows = left.size() - firstLeft;
        double[][] best = new double[rows + 1][lastRight + 1];
        for (int i = rows - 1; i >= 0; i--) {
            for (int j = lastRight - 1; j >= 0; j--) {
                best[i][j] = Math.max(Math.max(best[i + 1][j], best[i][j + 1]), gain(left, firstLeft + i, right, j) + best[i + 1][j + 1]);
            }
        }
        int[] nearest = null;
        long distance = Long.MAX_VALUE;
        int i = 0;
        int j = 0;
        while (i < rows && j < lastRight) {
            double gain = gain(left, firstLeft + i, right, j);
            if (gain > 0 && best[i][j] == gain + best[i + 1][j + 1]) {
                long off = Math.abs((left.start(firstLeft + i) + right.start(j)) / 2 - cutMs);
                if (off < distance) {
                    distance = off;
                    nearest = new int[] {firstLeft + i, j};
                }
                i++;
                j++;
            } else if (best[i][j] == best[i + 1][j]) {
                i++;
            } else {
                j++;
            }
        }
        return nearest;
    }

    /** What it is worth to take two tokens for one: more, the less their times differ; nothing where they cannot be. */
    private static double gain(Heard left, int l, Heard right, int r) {
        int apart = Math.abs(left.start(l) - right.start(r));
        return left.ids().get(l).equals(right.ids().get(r)) && apart < NEAR_MS ? 2.0 - (double) apart / NEAR_MS : 0;
    }
}
