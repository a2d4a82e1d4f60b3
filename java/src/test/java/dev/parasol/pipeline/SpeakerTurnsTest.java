package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpeakerTurnsTest {
    private static List<SpeakerWindows.Window> windows(Segment... segments) {
        List<SpeakerWindows.Window> windows = new ArrayList<>();
        for (Segment segment : segments) {
            windows.addAll(SpeakerWindows.of(segment));
        }
        return windows;
    }

    private static List<List<Long>> samples(Segment segment) {
        return SpeakerWindows.of(segment).stream().map(window -> List.of(window.begin(), window.end())).toList();
    }

    @Test
    void windowsComeEveryThreeQuartersOfASecondAndTheLastEndsWithItsSegment() {
        assertThat(samples(new Segment(1000, 1500))).containsExactly(List.of(16_000L, 24_000L));
        assertThat(samples(new Segment(1000, 2500))).containsExactly(List.of(16_000L, 40_000L));
        assertThat(samples(new Segment(1000, 2501))).containsExactly(List.of(16_000L, 40_000L), List.of(16_016L, 40_016L));
        assertThat(samples(new Segment(0, 3250))).containsExactly(List.of(0L, 24_000L), List.of(12_000L, 36_000L), List.of(24_000L, 48_000L), List.of(28_000L, 52_000L));
    }

    /** What FunASR's own functions made of segments and of random speakers for their windows. */
    @Test
    void turnsAreThoseOfFunAsr() throws IOException {
        try (InputStream cases = getClass().getResourceAsStream("/speakers/turns.json")) {
            for (JsonNode each : new ObjectMapper().readTree(cases)) {
                List<Segment> segments = new ArrayList<>();
                each.get("segments").forEach(pair -> segments.add(new Segment(pair.get(0).asLong(), pair.get(1).asLong())));
                int[] speakers = new int[each.get("speakers").size()];
                for (int i = 0; i < speakers.length; i++) {
                    speakers[i] = each.get("speakers").get(i).asInt();
                }
                List<SpeakerTurn> expected = new ArrayList<>();
                each.get("turns").forEach(turn -> expected.add(new SpeakerTurn(Math.round(turn.get(0).asDouble() * 1000), Math.round(turn.get(1).asDouble() * 1000), turn.get(2).asInt())));
                List<SpeakerWindows.Window> windows = windows(segments.toArray(Segment[]::new));
                assertThat(windows).hasSameSizeAs(each.get("speakers"));
                assertThat(SpeakerTurns.of(windows, speakers).turns()).isEqualTo(expected);
            }
        }
    }

    @Test
    void aSentenceIsWhoSpeaksLongestInIt() {
        SpeakerTurns turns = SpeakerTurns.of(windows(new Segment(0, 1500), new Segment(2000, 3500), new Segment(4000, 5500), new Segment(6000, 7500)), new int[] {0, 1, 0, 2});
        assertThat(turns.speakers()).isEqualTo(3);
        assertThat(turns.speakerOf(0, 1500)).isZero();
        assertThat(turns.speakerOf(1000, 2600)).isEqualTo(1);
        assertThat(turns.speakerOf(1200, 3400)).isEqualTo(1);
        assertThat(turns.speakerOf(500, 5500)).as("1000 and 1500 ms of one, 1500 ms of another").isZero();
        assertThat(turns.speakerOf(2000, 5500)).as("as long as the other, and first").isEqualTo(1);
        assertThat(turns.speakerOf(1600, 1900)).as("where nobody speaks").isZero();
        assertThat(turns.speakerOf(6000, 9000)).isEqualTo(2);
    }

    @Test
    void withoutSpeechNobodySpeaks() {
        SpeakerTurns none = SpeakerTurns.of(List.of(), new int[0]);
        assertThat(none.turns()).isEmpty();
        assertThat(none.speakers()).isZero();
        assertThat(none.speakerOf(0, 1000)).isZero();
    }
}
