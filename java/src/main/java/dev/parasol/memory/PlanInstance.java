package dev.parasol.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A placement instance from a file of lines {@code id,lower,upper,size} below that heading, lifetimes half-open: the
 * form of the MiniMalloc benchmark.
 */
public final class PlanInstance {
    private static final String HEADING = "id,lower,upper,size";

    private final PlacementProblem problem;

    private PlanInstance(PlacementProblem problem) {
        this.problem = problem;
    }

    /**
     * What solving found, in the instance's unit of size.
     *
     * @param lowerBound largest total size alive at one time
     * @param greedy height of the best greedy placement
     * @param best height of the best placement found
     * @param seconds time taken
     * @param optimal whether nothing lower exists
     */
    public record Result(long lowerBound, long greedy, long best, double seconds, boolean optimal) {
        /** Best over lower bound; 1 for an instance without any size. */
        public double ratio() {
            return lowerBound == 0 ? 1 : (double) best / lowerBound;
        }

        /** One {@code name value} a line. */
        public String toText() {
            return String.format(Locale.ROOT, "lower_bound %d%ngreedy %d%nbest %d%nratio %.6f%nseconds %.3f%noptimal %s%n",
                    lowerBound, greedy, best, ratio(), seconds, optimal);
        }
    }

    /**
     * Reads a file.
     *
     * @throws InstanceException with a message that names file, line and what is wrong
     */
    public static PlanInstance read(Path file) {
        try {
            return parse(file.toString(), Files.readAllLines(file));
        } catch (IOException e) {
            throw InstanceException.unreadable(file, e);
        }
    }

    static PlanInstance parse(String source, List<String> lines) {
        CsvLines csv = new CsvLines(source, lines, HEADING);
        List<long[]> rows = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        while (csv.next()) {
            if (!ids.add(csv.text(0))) {
                throw csv.wrong("id '" + csv.shown(0) + "' was there before");
            }
            long[] row = {csv.number(1), csv.number(2), csv.number(3)};
            if (row[0] >= row[1]) {
                throw csv.wrong("lower " + row[0] + " is not below upper " + row[1]);
            }
            if (row[2] < 0) {
                throw csv.wrong("size " + row[2] + " is negative");
            }
            rows.add(row);
        }
        checkTotal(source, rows);
        return new PlanInstance(new PlacementProblem(column(rows, 0), column(rows, 1), column(rows, 2)));
    }

    private static void checkTotal(String source, List<long[]> rows) {
        long total = 0;
        for (long[] row : rows) {
            total += row[2];
            if (total < 0 || total > Long.MAX_VALUE / 4) {
                throw new InstanceException(source + ": the sizes together are too large");
            }
        }
    }

    private static long[] column(List<long[]> rows, int column) {
        return rows.stream().mapToLong(row -> row[column]).toArray();
    }

    /** Number of buffers. */
    public int count() {
        return problem.count();
    }

    /** Solves within about {@code seconds}; the placement is verified. */
    public Result solve(double seconds) {
        long begin = System.nanoTime();
        PlacementSolver.Solution solution = PlacementSolver.solve(problem, seconds);
        PlacementCheck.check(problem, solution.offsets());
        return new Result(problem.lowerBound(), solution.greedyHeight(), solution.height(),
                (System.nanoTime() - begin) / 1e9, solution.optimal());
    }
}
