package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HandleTableTest {
    @Test
    void noHandleIsGivenOutTwice() {
        HandleTable table = new HandleTable();
        Block block = new Block(0, 256, 0);
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            long handle = table.add(block);
            assertThat(seen.add(handle)).isTrue();
            assertThat(table.get(handle)).isSameAs(block);
            table.remove(handle);
            assertThat(table.get(handle)).isNull();
        }
    }

    /** After the last generation the place is given up, so that no old handle becomes good again. */
    @Test
    void aPlaceWhoseGenerationsAreUsedUpIsNotUsedAgain() {
        HandleTable table = new HandleTable();
        Block block = new Block(0, 256, 0);
        long first = table.add(block);
        table.remove(first);
        long last = first;
        for (int i = 1; i < 1 << 24; i++) {
            last = table.add(block);
            table.remove(last);
        }
        assertThat(HandleTable.place(last)).isEqualTo(HandleTable.place(first));
        long next = table.add(block);
        assertThat(HandleTable.place(next)).isNotEqualTo(HandleTable.place(first));
        assertThat(table.get(first)).isNull();
        assertThat(table.get(last)).isNull();
        assertThat(table.misuse(last, true, null).kind()).isEqualTo(BlockMisuse.Kind.DOUBLE_FREE);
    }
}
