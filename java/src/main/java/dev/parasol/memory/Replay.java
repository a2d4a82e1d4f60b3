package dev.parasol.memory;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.Stream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Replays a recorded sequence of allocations through a {@link BlockPool}: lines {@code op,id,size,stream} below that heading. */
public final class Replay {
    private static final String HEADING = "op,id,size,stream";
    private static final double TIMED_SECONDS = 0.5;

    /** One line: the block is numbered by first appearance. */
    private record Operation(boolean allocates, int block, long size, int stream) {
    }

    private final List<Operation> operations;
    private final int blocks;
    private final int streams;

    private Replay(List<Operation> operations, int blocks, int streams) {
        this.operations = operations;
        this.blocks = blocks;
        this.streams = streams;
    }

    /**
     * What replaying showed.
     *
     * @param peakLive the most bytes, rounded up to 256 each, that were in use at once
     * @param peakReserved the most bytes that the pool held of the device in the first pass, which begins with none
     * @param driverCalls calls of the driver for memory in that pass
     * @param nanosPerOperation in the middle one of later passes, when the pool holds what it needs
     * @param repeated the passes after the first one that were asked for
     */
    public record Result(long peakLive, long peakReserved, long driverCalls, double nanosPerOperation, List<Pass> repeated) {
        /** Reserved over live. */
        public double ratio() {
            return peakLive == 0 ? 1 : (double) peakReserved / peakLive;
        }

        /** One {@code name value} a line. */
        public String toText() {
            StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "peak_live %d%npeak_reserved %d%nratio %.6f%ndriver_calls %d%nns_per_op %.1f%n",
                    peakLive, peakReserved, ratio(), driverCalls, nanosPerOperation));
            for (int i = 0; i < repeated.size(); i++) {
                text.append(String.format(Locale.ROOT, "pass_%d_reserved %d%npass_%d_driver_calls %d%n", i + 2, repeated.get(i).reserved(), i + 2,
                        repeated.get(i).driverCalls()));
            }
            return text.toString();
        }
    }

    /**
     * A pass that was not the first.
     *
     * @param reserved bytes that the pool held of the device after it
     * @param driverCalls calls of the driver for memory in it
     */
    public record Pass(long reserved, long driverCalls) {
    }

    /**
     * Reads a file.
     *
     * @throws InstanceException with a message that names file, line and what is wrong
     */
    public static Replay read(Path file) {
        try {
            return parse(file.toString(), Files.readAllLines(file));
        } catch (IOException e) {
            throw InstanceException.unreadable(file, e);
        }
    }

    static Replay parse(String source, List<String> lines) {
        CsvLines csv = new CsvLines(source, lines, HEADING);
        List<Operation> operations = new ArrayList<>();
        Map<String, Integer> live = new HashMap<>();
        Set<Long> streams = new HashSet<>();
        int blocks = 0;
        while (csv.next()) {
            String id = csv.text(1);
            long stream = csv.number(3);
            if (stream < 0 || stream > 1023) {
                throw csv.wrong("stream " + stream + " is not between 0 and 1023");
            }
            streams.add(stream);
            switch (csv.text(0)) {
                case "alloc" -> {
                    if (csv.number(2) <= 0) {
                        throw csv.wrong("size " + csv.number(2) + " is not positive");
                    }
                    if (live.put(id, blocks) != null) {
                        throw csv.wrong("block '" + csv.shown(1) + "' is in use already");
                    }
                    operations.add(new Operation(true, blocks++, csv.number(2), (int) stream));
                }
                case "free" -> {
                    Integer block = live.remove(id);
                    if (block == null) {
                        throw csv.wrong("block '" + csv.shown(1) + "' is not in use");
                    }
                    operations.add(new Operation(false, block, 0, (int) stream));
                }
                default -> throw csv.wrong("'" + csv.shown(0) + "' is neither alloc nor free");
            }
        }
        int highest = streams.stream().mapToInt(Long::intValue).max().orElse(0);
        return new Replay(operations, blocks, highest + 1);
    }

    /**
     * Replays on the context's device.
     *
     * @param passes how often, at least once; time is measured in yet more passes
     * @throws DeviceMemoryExhausted when the device has too little
     */
    public Result run(CudaContext context, int passes) {
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        List<Stream> opened = new ArrayList<>();
        try (BlockPool pool = new BlockPool(context, Region.open(context, budget, "replay", MemorySystem.POOL_ADDRESSES * context.memoryInfo().total()), false)) {
            int[] numbers = new int[streams];
            for (int i = 0; i < streams; i++) {
                opened.add(context.newStream());
                numbers[i] = pool.attach(opened.get(i));
            }
            long before = budget.driverCalls();
            pass(pool, numbers);
            long calls = budget.driverCalls() - before;
            long reserved = budget.peak();
            List<Pass> repeated = new ArrayList<>();
            for (int i = 1; i < passes; i++) {
                before = budget.driverCalls();
                pass(pool, numbers);
                repeated.add(new Pass(budget.used(), budget.driverCalls() - before));
            }
            return new Result(pool.statistics().peakLive(), reserved, calls,
                    operations.isEmpty() ? 0 : medianNanos(pool, numbers) / operations.size(), repeated);
        } finally {
            opened.forEach(Stream::close);
        }
    }

    /** The middle one of the times of passes, which is what a pass takes that the machine's other work did not interrupt. */
    private double medianNanos(BlockPool pool, int[] numbers) {
        List<Long> nanos = new ArrayList<>();
        long start = System.nanoTime();
        while (nanos.isEmpty() || System.nanoTime() - start < TIMED_SECONDS * 1e9) {
            long begin = System.nanoTime();
            pass(pool, numbers);
            nanos.add(System.nanoTime() - begin);
        }
        nanos.sort(null);
        return nanos.get(nanos.size() / 2);
    }

    /** Replays once; what the trace leaves in use is given back at the end. */
    private void pass(BlockPool pool, int[] numbers) {
        long[] handles = new long[blocks];
        boolean[] live = new boolean[blocks];
        for (Operation operation : operations) {
            if (operation.allocates()) {
                handles[operation.block()] = pool.allocate(operation.size(), numbers[operation.stream()]);
            } else {
                pool.free(handles[operation.block()], numbers[operation.stream()]);
            }
            live[operation.block()] = operation.allocates();
        }
        for (int block = 0; block < blocks; block++) {
            if (live[block]) {
                pool.free(handles[block], numbers[0]);
            }
        }
    }
}
