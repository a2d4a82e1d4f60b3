package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Choice of batches: never too large, filled as far as what waits allows, everybody in a bounded number of batches. */
class WaitingRoomTest {
    private static final int LIMIT = 300;

    private long sequence;

    private Waiting entry(WaitingLine line, int length) {
        float[] samples = new float[length];
        Arrays.fill(samples, 0.5f);
        return new Waiting(new Utterance(samples), new CompletableFuture<>(), line, sequence++, true);
    }

    private static long total(List<Waiting> batch) {
        return batch.stream().mapToLong(Waiting::samples).sum();
    }

    private static List<List<Waiting>> allBatches(WaitingRoom room) {
        List<List<Waiting>> batches = new ArrayList<>();
        while (!room.isEmpty()) {
            batches.add(room.choose(LIMIT));
        }
        assertThat(room.choose(LIMIT)).isEmpty();
        assertThat(room.samples()).isZero();
        assertThat(room.pressing()).isZero();
        return batches;
    }

    @Property(tries = 300)
    void everyOneGoesOnceAndNoBatchIsTooLargeOrEmptierThanNecessary(@ForAll @Size(min = 1, max = 200) List<@IntRange(min = 1, max = 400) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 7) int callers) {
        WaitingRoom room = new WaitingRoom();
        List<WaitingLine> lines = IntStream.range(0, callers).mapToObj(i -> new WaitingLine()).toList();
        List<Waiting> all = new ArrayList<>();
        for (int i = 0; i < lengths.size(); i++) {
            all.add(entry(lines.get((i * i + i / 3) % callers), lengths.get(i)));
        }
        all.forEach(room::add);
        List<Waiting> left = new ArrayList<>(all);
        for (List<Waiting> batch : allBatches(room)) {
            assertThat(left).containsAll(batch);
            left.removeAll(batch);
            assertThat(total(batch) <= LIMIT || batch.size() == 1).isTrue();
            if (total(batch) <= LIMIT) {
                long empty = LIMIT - total(batch);
                assertThat(left).allMatch(entry -> entry.samples() > empty);
            }
        }
        assertThat(left).isEmpty();
    }

    @Property(tries = 200)
    void batchesAreFilledUpToWhatIsShorterThanTheLongest(@ForAll @Size(min = 1, max = 300) List<@IntRange(min = 1, max = 60) Integer> lengths) {
        WaitingRoom room = new WaitingRoom();
        WaitingLine line = new WaitingLine();
        lengths.forEach(length -> room.add(entry(line, length)));
        int total = lengths.stream().mapToInt(Integer::intValue).sum();
        int longest = lengths.stream().mapToInt(Integer::intValue).max().orElseThrow();
        int leastFill = LIMIT - longest + 1;
        assertThat(allBatches(room).size()).isLessThanOrEqualTo((total + leastFill - 1) / leastFill);
    }

    /** While new ones keep coming, from callers whose utterances would always fill the batch better. */
    @Property(tries = 100)
    void nobodyStarves(@ForAll @IntRange(min = 1, max = 6) int callers, @ForAll @IntRange(min = 1, max = 400) int length,
            @ForAll @IntRange(min = 0, max = 5) int older, @ForAll long seed) {
        Random random = new Random(seed);
        WaitingRoom room = new WaitingRoom();
        List<WaitingLine> others = IntStream.range(0, callers - 1).mapToObj(i -> new WaitingLine()).toList();
        WaitingLine own = new WaitingLine();
        for (WaitingLine line : others) {
            for (int i = 0; i < 10; i++) {
                room.add(entry(line, 1 + random.nextInt(LIMIT)));
            }
        }
        for (int i = 0; i < older; i++) {
            room.add(entry(own, 1 + random.nextInt(400)));
        }
        Waiting watched = entry(own, length);
        room.add(watched);
        boolean gone = false;
        for (int batch = 0; batch < callers * (older + 1); batch++) {
            gone |= room.choose(LIMIT).contains(watched);
            others.forEach(line -> room.add(entry(line, LIMIT)));
            others.forEach(line -> room.add(entry(line, 1 + random.nextInt(LIMIT))));
            room.add(entry(own, 1 + random.nextInt(LIMIT)));
        }
        assertThat(gone).isTrue();
    }

    /** One asks for much and one for little at a time: the batch that the second one waits for has its share. */
    @Test
    void whoAsksForMuchLeavesOthersTheirShare() {
        WaitingRoom room = new WaitingRoom();
        WaitingLine much = new WaitingLine();
        WaitingLine little = new WaitingLine();
        IntStream.range(0, 1000).forEach(i -> room.add(entry(much, 10)));
        IntStream.range(0, 1000).forEach(i -> room.add(entry(little, 1)));
        Map<WaitingLine, Long> served = new HashMap<>();
        for (int i = 0; i < 10; i++) {
            room.choose(LIMIT).forEach(entry -> served.merge(entry.line(), (long) entry.samples(), Long::sum));
        }
        assertThat(served.get(little)).isGreaterThanOrEqualTo(10 * LIMIT / 4);
    }

    @Test
    void whatIsPutBackGoesFirstAndInItsOrder() {
        WaitingRoom room = new WaitingRoom();
        WaitingLine one = new WaitingLine();
        WaitingLine other = new WaitingLine();
        for (int i = 0; i < 5; i++) {
            room.add(entry(one, 100));
            room.add(entry(other, 90));
        }
        List<Waiting> batch = room.choose(LIMIT);
        assertThat(batch).hasSize(3);
        room.putBack(batch.subList(1, 3));
        List<Waiting> next = room.choose(LIMIT);
        assertThat(next.subList(0, 2)).containsExactlyInAnyOrderElementsOf(batch.subList(1, 3));
        assertThat(next.get(0)).isSameAs(batch.get(1));
    }

    @Test
    void whatGoesAloneDoes() {
        WaitingRoom room = new WaitingRoom();
        WaitingLine one = new WaitingLine();
        WaitingLine other = new WaitingLine();
        Waiting alone = entry(one, 10);
        alone.alone = true;
        room.add(entry(other, 20));
        room.add(alone);
        room.add(entry(one, 20));
        List<List<Waiting>> batches = allBatches(room);
        assertThat(batches).contains(List.of(alone));
        assertThat(batches.stream().mapToInt(List::size).sum()).isEqualTo(3);
    }

    @Property(tries = 200)
    void takenAwayIsGone(@ForAll @Size(min = 1, max = 50) List<@IntRange(min = 1, max = 400) Integer> lengths, @ForAll long seed) {
        Random random = new Random(seed);
        WaitingRoom room = new WaitingRoom();
        List<WaitingLine> lines = List.of(new WaitingLine(), new WaitingLine(), new WaitingLine());
        List<Waiting> kept = new ArrayList<>();
        for (int length : lengths) {
            Waiting entry = entry(lines.get(random.nextInt(3)), length);
            room.add(entry);
            kept.add(entry);
            if (random.nextBoolean()) {
                Waiting gone = kept.remove(random.nextInt(kept.size()));
                assertThat(room.remove(gone)).isTrue();
                assertThat(room.remove(gone)).isFalse();
            }
        }
        assertThat(room.size()).isEqualTo(kept.size());
        assertThat(room.samples()).isEqualTo(total(kept));
        assertThat(allBatches(room).stream().flatMap(List::stream).toList()).containsExactlyInAnyOrderElementsOf(kept);
    }

    /** The batch that breaks FunASR. */
    @Test
    void oneLongOneAmongManyShortOnes() {
        for (int[] mix : new int[][] {{290, 10, 590}, {400, 7, 590}}) {
            WaitingRoom room = new WaitingRoom();
            WaitingLine line = new WaitingLine();
            IntStream.range(0, mix[0]).forEach(i -> room.add(entry(line, mix[1])));
            room.add(entry(line, mix[2]));
            List<Waiting> first = room.choose(10 * LIMIT);
            assertThat(first).anyMatch(entry -> entry.samples() == mix[2]);
            assertThat(total(first)).isBetween(10L * LIMIT - mix[1] + 1, 10L * LIMIT);
            assertThat(total(room.choose(10 * LIMIT))).isPositive();
            assertThat(room.isEmpty()).isTrue();
        }
    }

    @Test
    void aBatchHasABoundedNumberOfUtterances() {
        WaitingRoom room = new WaitingRoom();
        List<WaitingLine> lines = List.of(new WaitingLine(), new WaitingLine());
        for (int i = 0; i < 10_000; i++) {
            room.add(entry(lines.get(i % 2), 1));
        }
        assertThat(room.choose(LIMIT * 1000)).hasSize(WaitingRoom.MOST_UTTERANCES);
        assertThat(room.clear()).hasSize(10_000 - WaitingRoom.MOST_UTTERANCES);
        assertThat(room.isEmpty()).isTrue();
    }
}
