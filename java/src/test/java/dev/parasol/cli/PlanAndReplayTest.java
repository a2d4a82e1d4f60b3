package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanAndReplayTest {
    private final PrintStream realOut = System.out;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void giveBack() {
        System.setOut(realOut);
    }

    private int run(String... args) {
        return Main.run(args, System.out, new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @Test
    void planReachesTheBoundThatGreedyMisses() throws IOException {
        Path file = folder.resolve("plan.csv");
        Files.writeString(file, "id,lower,upper,size\n0,0,2,4\n1,1,3,4\n2,2,4,4\n3,0,4,1\n");
        assertThat(run("plan", file.toString(), "--seconds", "2")).as(err.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("lower_bound 9\n", "best 9\n", "ratio 1.000000\n", "optimal true\n");
    }

    @Test
    void replayCountsEveryAllocation() throws IOException {
        Path file = folder.resolve("trace.ops.csv");
        Files.writeString(file, "op,id,size,stream\nalloc,0,1000000,0\nalloc,1,2000000,0\nfree,0,1000000,0\nfree,1,2000000,0\n");
        assertThat(run("replay", "--device", "soft:0", file.toString())).as(err.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).containsPattern("peak_live 3000320\n").contains("peak_reserved ", "driver_calls ", "ns_per_op ");
    }

    @Test
    void filesThatAreNoInstancesAreNamed() throws IOException {
        Path file = folder.resolve("bad.csv");
        Files.writeString(file, "id,lower,upper,size\n0,3,2,4\n");
        assertThat(run("plan", file.toString())).isEqualTo(1);
        assertThat(run("plan", folder.resolve("none.csv").toString())).isEqualTo(1);
        assertThat(run("replay", "--device", "soft:0", file.toString())).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(3).allMatch(line -> line.startsWith("parasol: "));
    }
}
