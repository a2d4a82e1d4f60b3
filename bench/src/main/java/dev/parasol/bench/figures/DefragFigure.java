package dev.parasol.bench.figures;

import dev.parasol.bench.Report;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.VirtualMemory;
import dev.parasol.memory.BlockGraph;
import dev.parasol.memory.BlockPool;
import dev.parasol.memory.Budget;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.memory.MemoryCounter;
import dev.parasol.memory.Region;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * An arena with enough free memory but no hole that is large enough: once with whole chunks free, which are remapped, and
 * once with something small left in every chunk, which is moved. What stays keeps its bits, and a captured graph follows.
 */
final class DefragFigure implements Figure {
    private static final int CHUNKS = 12;
    private static final int SMALL = 4096;

    @Override
    public void take(Setting setting, Report report) {
        try (CudaContext context = CudaContext.open(setting.device())) {
            if (!VirtualMemory.supported(context)) {
                report.skip("Defragmentation", "the device has no virtual memory");
                return;
            }
            remapped(context, report);
            moved(context, report);
        }
    }

    private static void remapped(CudaContext context, Report report) {
        report.section("Whole free chunks, no hole that is large enough: remapped");
        try (Arena arena = new Arena(context)) {
            List<Held> blocks = new ArrayList<>();
            for (int i = 0; i < CHUNKS; i++) {
                blocks.add(arena.allocate(arena.chunk, i));
            }
            List<Held> kept = arena.freeEverySecond(blocks);
            long request = CHUNKS / 2 * arena.chunk;
            arena.describe(report, request);
            Map<MemoryCounter, Long> before = arena.counts();
            Held large = arena.allocate(request, 99);
            report.row("request served, bytes copied", Long.toString(arena.pool.statistics().moved()), "0", arena.pool.statistics().moved() == 0);
            arena.reportCalls(report, before);
            report.row("chunks created for it", Long.toString(arena.since(before, MemoryCounter.CREATE)), "0", arena.since(before, MemoryCounter.CREATE) == 0);
            arena.reportContent(report, kept, large);
        }
    }

    private static void moved(CudaContext context, Report report) {
        report.section("Something small in every chunk: moved, graphs included");
        try (Arena arena = new Arena(context)) {
            List<Held> blocks = new ArrayList<>();
            for (int i = 0; i < 2 * CHUNKS; i++) {
                blocks.add(arena.allocate(i % 2 == 0 ? SMALL : arena.chunk - SMALL, i));
            }
            List<Held> kept = arena.freeEverySecond(blocks);
            long request = (CHUNKS - 2) * arena.chunk;
            arena.describe(report, request);
            Held source = kept.get(CHUNKS - 1);
            Held target = kept.get(CHUNKS / 2);
            try (BlockGraph graph = arena.pool.graph((stream, addresses) -> stream.copyOnDevice(addresses[1], addresses[0], SMALL),
                    source.handle(), target.handle())) {
                graph.launch(arena.number);
                target = new Held(target.handle(), source.content());
                kept.set(CHUNKS / 2, target);
                boolean refused = arena.refused(request);
                report.row("refused before", Boolean.toString(refused), "true", refused);
                Map<MemoryCounter, Long> before = arena.counts();
                long bytes = arena.pool.defragment(request);
                Held large = arena.allocate(request, 99);
                long most = (long) CHUNKS * SMALL;
                report.row("request served, bytes copied", bytes + " in " + arena.since(before, MemoryCounter.MOVE) + " copies", "at most " + most,
                        bytes > 0 && bytes <= most);
                arena.reportCalls(report, before);
                report.row("graph that held an old address", graph.ready() ? "can be launched" : "destroyed", "destroyed", !graph.ready());
                arena.reportContent(report, kept, large);
                arena.stream.fill(arena.pool.address(target.handle()), (byte) 0, SMALL);
                graph.launch(arena.number);
                report.row("graph recorded anew", "recordings: " + graph.recordings(), "2", graph.recordings() == 2);
                boolean same = arena.same(target);
                report.row("graph reads and writes the same bits", Boolean.toString(same), "true", same);
                arena.reportContent(report, kept, large);
            }
        }
    }

    /** A block and what was written into it. */
    private record Held(long handle, byte[] content) {
    }

    /** A pool that may hold just as many chunks as it is filled with. */
    private static final class Arena implements AutoCloseable {
        final long chunk;
        final Budget budget;
        final CudaContext context;
        final Stream stream;
        final BlockPool pool;
        final int number;

        Arena(CudaContext context) {
            this.context = context;
            chunk = VirtualMemory.granularity(context);
            budget = Budget.ofBytes(CHUNKS * chunk);
            pool = new BlockPool(context, Region.open(context, budget, "arena", 16 * CHUNKS * chunk), false);
            stream = context.newStream();
            number = pool.attach(stream);
        }

        Held allocate(long bytes, long seed) {
            byte[] content = new byte[Math.toIntExact(bytes)];
            new Random(seed).nextBytes(content);
            long handle = pool.allocate(bytes, number);
            try (HostBuffer host = context.allocateHost(bytes)) {
                host.bytes().put(0, content);
                stream.copyToDevice(pool.address(handle), host, 0, bytes);
                stream.synchronize();
            }
            return new Held(handle, content);
        }

        List<Held> freeEverySecond(List<Held> blocks) {
            List<Held> kept = new ArrayList<>();
            for (int i = 0; i < blocks.size(); i++) {
                if (i % 2 == 0) {
                    kept.add(blocks.get(i));
                } else {
                    pool.free(blocks.get(i).handle(), number);
                }
            }
            return kept;
        }

        boolean refused(long bytes) {
            try {
                pool.free(pool.allocate(bytes, number), number);
                return false;
            } catch (DeviceMemoryExhausted e) {
                return true;
            }
        }

        boolean same(Held held) {
            try (HostBuffer host = context.allocateHost(held.content().length)) {
                stream.copyToHost(host, 0, pool.address(held.handle()), held.content().length);
                stream.synchronize();
                byte[] seen = new byte[held.content().length];
                host.bytes().get(0, seen);
                return Arrays.equals(seen, held.content());
            }
        }

        Map<MemoryCounter, Long> counts() {
            Map<MemoryCounter, Long> counts = new EnumMap<>(MemoryCounter.class);
            for (MemoryCounter counter : MemoryCounter.values()) {
                counts.put(counter, budget.count(counter));
            }
            return counts;
        }

        long since(Map<MemoryCounter, Long> before, MemoryCounter counter) {
            return budget.count(counter) - before.get(counter);
        }

        void describe(Report report, long request) {
            BlockPool.Statistics now = pool.statistics();
            report.figure("arena and its limit", now.reserved() + " of " + budget.limit());
            report.row("free, and free together, for " + request, now.free() + ", " + now.largestFree(), "enough, too little",
                    now.free() >= request && now.largestFree() < request);
        }

        void reportCalls(Report report, Map<MemoryCounter, Long> before) {
            StringBuilder calls = new StringBuilder();
            long sum = 0;
            for (MemoryCounter counter : MemoryCounter.values()) {
                if (counter.driverCall() && since(before, counter) > 0) {
                    sum += since(before, counter);
                    calls.append(calls.isEmpty() ? " (" : ", ").append(since(before, counter)).append(' ').append(counter.name().toLowerCase(Locale.ROOT));
                }
            }
            report.figure("driver calls for memory", sum + (sum > 0 ? calls + ")" : ""));
        }

        void reportContent(Report report, List<Held> kept, Held large) {
            long same = kept.stream().filter(this::same).count();
            report.row("blocks that stayed, same bits", same + " of " + kept.size(), "all", same == kept.size());
            boolean usable = same(large);
            report.row("block that was asked for, same bits", Boolean.toString(usable), "true", usable);
        }

        @Override
        public void close() {
            stream.synchronize();
            pool.close();
            stream.close();
        }
    }
}
