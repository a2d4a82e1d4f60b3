package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FloatTrackTest {
    @Test
    void whatWasDroppedIsNotThere() {
        FloatTrack track = new FloatTrack();
        track.add(new float[] {0, 1, 2, 3}, 0, 4);
        track.dropBefore(3);
        assertThat(track.first()).isEqualTo(3);
        assertThat(track.end()).isEqualTo(4);
        assertThat(track.get(3)).isEqualTo(3);
        assertThatThrownBy(() -> track.get(2)).hasMessage("place 2 of 3 to 4");
    }

    @Property(tries = 200)
    void placesStayTheirsWhateverIsAddedAndDropped(@ForAll @Size(min = 1, max = 30) List<@IntRange(min = 0, max = 3000) Integer> steps) {
        FloatTrack track = new FloatTrack();
        long end = 0;
        long kept = 0;
        for (int step : steps) {
            if (step % 2 == 0) {
                float[] values = new float[step + 3];
                for (int i = 0; i < values.length; i++) {
                    values[i] = i < 2 || i == values.length - 1 ? -1 : end + i - 2;
                }
                track.add(values, 2, step);
                end += step;
            } else {
                kept = Math.min(end, kept + step);
                track.dropBefore(kept);
            }
            assertThat(track.end()).isEqualTo(end);
            assertThat(track.first()).isLessThanOrEqualTo(kept);
            assertThat(end - track.first()).as("at most half is waste").isLessThanOrEqualTo(2 * (end - kept) + 1);
            float[] rest = track.copy(kept, end);
            for (int i = 0; i < rest.length; i++) {
                assertThat(rest[i]).isEqualTo(kept + i);
            }
        }
    }
}
