package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.Stream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryEventsTest extends SoftMemory {
    @Test
    void theFlightRecorderSeesWhatHappens(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("memory.jfr");
        try (Recording recording = new Recording(); Stream stream = context.newStream()) {
            recording.start();
            try (Region region = Region.open(context, budget, "weights", 10 * chunk);
                    BlockPool pool = new BlockPool(context, Region.open(context, budget, "pool", 20 * chunk), false)) {
                region.ensure(3 * chunk);
                region.trim(chunk);
                int s = pool.attach(stream);
                long a = pool.allocate(chunk, s);
                pool.allocate(1000, s);
                pool.allocate(chunk, s);
                pool.free(a, s);
                pool.allocate(2 * chunk, s);
                WorkMember member = budget.turns().join("somebody");
                try (WorkTask task = budget.turns().begin(member, "work")) {
                    budget.step(MemoryCounter.RETRY, task, 17);
                }
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(named(events, "RegionGrowth").get(0)).satisfies(event -> {
            assertThat(event.getString("holder")).isEqualTo("weights");
            assertThat(event.getLong("before")).isZero();
            assertThat(event.getLong("after")).isEqualTo(3 * chunk);
            assertThat(event.getBoolean("succeeded")).isTrue();
        });
        assertThat(named(events, "RegionTrim").get(0).getLong("after")).isEqualTo(chunk);
        assertThat(named(events, "BlockAllocation")).hasSize(4).first().satisfies(event -> assertThat(event.getLong("size")).isEqualTo(chunk));
        assertThat(named(events, "BlockFree")).hasSize(1);
        assertThat(named(events, "MemoryMove")).as("one of the chunks was free, and one is new").hasSize(2).first().satisfies(event -> assertThat(event.getBoolean("copied")).isFalse());
        assertThat(named(events, "MemoryStep")).hasSize(1).first().satisfies(event -> {
            assertThat(event.getString("holder")).isEqualTo("somebody: work");
            assertThat(event.getString("step")).isEqualTo("retry");
            assertThat(event.getLong("freed")).isEqualTo(17);
        });
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream().filter(event -> event.getEventType().getName().equals("dev.parasol." + name)).toList();
    }
}
