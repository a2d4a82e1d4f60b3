package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.testing.Shared;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTest extends SoftMemory {
    @ParameterizedTest
    @ValueSource(strings = {"inference-128", "inference-512"})
    void littleIsReservedBeyondWhatIsLive(String name) {
        Replay.Result result = Replay.read(Shared.path("allocator/traces/" + name + ".ops.csv")).run(context, 10);
        assertThat(result.peakReserved()).isLessThanOrEqualTo(Math.max(result.peakLive() * 105 / 100, result.peakLive() + chunk));
        assertThat(result.nanosPerOperation()).isPositive();
        assertThat(result.repeated()).hasSize(9).allSatisfy(pass -> assertThat(pass.reserved()).isEqualTo(result.peakReserved()));
        assertThat(result.repeated().subList(1, 9)).as("after the second pass").allSatisfy(pass -> assertThat(pass.driverCalls()).isZero());
    }

    /** Blocks of 2.4 chunks lie close in every pass, and what several streams leave of a chunk is put together again. */
    @Test
    void repetitionDoesNotGrow() {
        List<String> lines = new ArrayList<>(List.of("op,id,size,stream"));
        for (int i = 0; i < 200; i++) {
            lines.add("alloc," + i + ",5000000," + i % 4);
        }
        Replay.Result result = Replay.parse("x", lines).run(context, 5);
        assertThat(result.ratio()).isLessThan(1.05);
        assertThat(result.repeated()).allSatisfy(pass -> assertThat(pass.reserved()).isEqualTo(result.peakReserved()));
    }

    @Test
    void randomBlocksOfSeveralStreamsStayTogether() {
        Random random = new Random(1);
        List<String> lines = new ArrayList<>(List.of("op,id,size,stream"));
        List<Integer> live = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (live.isEmpty() || live.size() < 100 && random.nextInt(20) < 11) {
                lines.add("alloc," + i + "," + (512L << random.nextInt(14)) * (1 + random.nextInt(3)) + "," + random.nextInt(4));
                live.add(i);
            } else {
                lines.add("free," + live.remove(random.nextInt(live.size())) + ",0," + random.nextInt(4));
            }
        }
        assertThat(Replay.parse("x", lines).run(context, 1).ratio()).isLessThan(1.5);
    }

    @Test
    void theResultIsOneNameAndValueALine() {
        Replay.Result result = Replay.parse("x", List.of("op,id,size,stream", "alloc,a,100,0", "alloc,b,300,1", "free,a,100,1")).run(context, 1);
        assertThat(result.peakLive()).isEqualTo(256 + 512);
        assertThat(result.peakReserved()).isEqualTo(chunk);
        assertThat(result.toText().lines().map(line -> line.split(" ")[0]))
                .containsExactly("peak_live", "peak_reserved", "ratio", "driver_calls", "ns_per_op");
        assertThat(result.driverCalls()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "alloc,a,100 | expected 4 fields, found 3",
        "alloc,a,0,0 | size 0 is not positive",
        "free,a,1,0 | block 'a' is not in use",
        "grow,a,1,0 | 'grow' is neither alloc nor free",
        "alloc,a,1,-1 | stream -1 is not between 0 and 1023",
        "alloc,a,1,x | stream 'x' is not a whole number"})
    void whatIsWrongIsNamed(String line, String message) {
        assertThatThrownBy(() -> Replay.parse("ops.csv", List.of("op,id,size,stream", line)))
                .isInstanceOf(InstanceException.class).hasMessageContaining("ops.csv, line 2: " + message);
    }

    @Test
    void namesAreShownWithoutWhatATerminalObeys() {
        for (String line : new String[] {"free,a\u001b[2J,1,0", "alloc\u001b[2J,a,1,0"}) {
            assertThatThrownBy(() -> Replay.parse("ops.csv", List.of("op,id,size,stream", line))).isInstanceOf(InstanceException.class).hasMessageContaining("\\u001b[2J' is n");
        }
        assertThatThrownBy(() -> Replay.parse("ops.csv", List.of("op,id,size,stream", "free," + "x".repeat(5000) + ",1,0"))).hasMessageContaining("xxx…' is not in use")
                .message().hasSizeLessThan(200);
    }
}
