package dev.parasol.tools.prune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.tools.run.Layer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HealingTest {
    private static List<Layer> layers(String... names) {
        return Stream.of(names).map(Layer::parse).toList();
    }

    @Test
    void neighboursAreOneRunAndTheDecodersFirstHasNobodyInFront() {
        assertThat(Healing.runs(layers("7", "3", "d1", "4", "d0", "6"))).containsExactly(layers("3", "4"), layers("6", "7"));
        assertThat(Healing.runs(layers("13", "d1", "d2"))).containsExactly(layers("13"), layers("d1", "d2"));
        assertThat(Healing.runs(List.of())).isEmpty();
    }
}
