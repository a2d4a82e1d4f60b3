package dev.parasol.memory;

/**
 * Hashes of states from which the search found no way on, so that the same state reached by another path is not
 * searched again. A set of non-zero longs; when full it takes no more. Not thread-safe.
 */
final class FailedStates {
    private static final int MAX = 1 << 23;

    private long[] table = new long[1 << 12];
    private int count;

    boolean contains(long hash) {
        long key = key(hash);
        for (int i = slot(key); table[i] != 0; i = i + 1 & table.length - 1) {
            if (table[i] == key) {
                return true;
            }
        }
        return false;
    }

    void add(long hash) {
        if (count >= table.length / 2) {
            if (table.length >= MAX) {
                return;
            }
            grow();
        }
        insert(key(hash));
    }

    private void insert(long key) {
        int i = slot(key);
        while (table[i] != 0) {
            if (table[i] == key) {
                return;
            }
            i = i + 1 & table.length - 1;
        }
        table[i] = key;
        count++;
    }

    private void grow() {
        long[] old = table;
        table = new long[old.length * 2];
        count = 0;
        for (long key : old) {
            if (key != 0) {
                insert(key);
            }
        }
    }

    private int slot(long key) {
        return (int) (key * 0x9E3779B97F4A7C15L >>> 40) & table.length - 1;
    }

    private static long key(long hash) {
        return hash == 0 ? 1 : hash;
    }
}
