package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.memory.TurnSimulation.Job;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every order in which a few threads can take their steps, and random ones of more threads: nobody is left waiting, ever. */
class TurnBoardTest {
    private static final long LIMIT = 10;

    private int states;
    private int refusals;

    private static Job job(int member, long bytes) {
        return new Job(member, bytes, null);
    }

    /** Visits every state that can be reached; each must have a way on, or be the end. */
    private void everyOrder(int members, List<List<Job>> programs) {
        states = 0;
        refusals = 0;
        Set<String> seen = new HashSet<>();
        Deque<int[]> open = new ArrayDeque<>(List.of(new int[0]));
        while (!open.isEmpty()) {
            int[] path = open.pop();
            TurnSimulation simulation = replay(members, programs, path);
            if (!seen.add(simulation.state())) {
                continue;
            }
            states++;
            refusals += simulation.refusals();
            boolean goesOn = simulation.finished();
            for (int i = 0; i < simulation.actors(); i++) {
                if (simulation.runnable(i)) {
                    goesOn = true;
                    int[] longer = Arrays.copyOf(path, path.length + 1);
                    longer[path.length] = i;
                    open.push(longer);
                }
            }
            assertThat(goesOn).as("all wait after the steps %s: %s", Arrays.toString(path), simulation.state()).isTrue();
        }
    }

    private static TurnSimulation replay(int members, List<List<Job>> programs, int[] path) {
        TurnSimulation simulation = new TurnSimulation(LIMIT, members, programs);
        for (int actor : path) {
            simulation.step(actor);
            simulation.refuseTheStuck();
        }
        return simulation;
    }

    @Test
    void threeMembersOfWhichOneFitsAtATime() {
        everyOrder(3, List.of(List.of(job(0, 7)), List.of(job(1, 8)), List.of(job(2, 10))));
        assertThat(states).isGreaterThan(100);
        assertThat(refusals).isZero();
        System.out.println("three members, each order of steps: " + states + " states, nobody stuck");
    }

    @Test
    void twoThreadsOfOneMemberAndOneOfAnother() {
        everyOrder(2, List.of(List.of(job(0, 6)), List.of(job(0, 4)), List.of(job(1, 5), job(1, 11))));
        assertThat(refusals).isZero();
        System.out.println("three threads, two members: " + states + " states, nobody stuck");
    }

    /** Each holds its member and its memory while it waits for the other's. */
    @Test
    void whereTwoWaitForEachOtherTheYoungerIsRefused() {
        everyOrder(2, List.of(List.of(new Job(0, 3, job(1, 3))), List.of(new Job(1, 3, job(0, 3)))));
        assertThat(refusals).isPositive();
        System.out.println("two threads that wait for each other: " + states + " states, refusals in " + refusals + " of them");
    }

    @Test
    void whereTwoInTheMiddleOfWorkLackMemoryTheYoungerIsRefused() {
        everyOrder(4, List.of(List.of(new Job(0, 4, job(1, 5))), List.of(new Job(2, 4, job(3, 5)))));
        assertThat(refusals).isPositive();
    }

    @Test
    void whoWaitsForItselfIsRefused() {
        everyOrder(1, List.of(List.of(new Job(0, 4, job(0, 5)))));
        assertThat(refusals).isPositive();
    }

    @Test
    void randomProgramsInRandomOrderEnd() {
        int refused = 0;
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            int members = 1 + random.nextInt(5);
            List<List<Job>> programs = new ArrayList<>();
            for (int thread = 0; thread < 2 + random.nextInt(6); thread++) {
                List<Job> jobs = new ArrayList<>();
                for (int i = 0; i < 1 + random.nextInt(4); i++) {
                    Job inner = random.nextInt(5) == 0 ? job(random.nextInt(members), random.nextInt(12)) : null;
                    jobs.add(new Job(random.nextInt(members), random.nextInt(12), inner));
                }
                programs.add(jobs);
            }
            TurnSimulation simulation = new TurnSimulation(LIMIT, members, programs);
            int steps = 0;
            while (!simulation.finished()) {
                int[] runnable = java.util.stream.IntStream.range(0, simulation.actors()).filter(simulation::runnable).toArray();
                assertThat(runnable).as("seed %d: all wait: %s", seed, simulation.state()).isNotEmpty();
                simulation.step(runnable[random.nextInt(runnable.length)]);
                simulation.refuseTheStuck();
                assertThat(++steps).as("seed %d: steps", seed).isLessThan(2000);
            }
            refused += simulation.refusals();
        }
        assertThat(refused).isPositive();
    }
}
