package dev.parasol.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Who holds how much device memory at one moment. All sizes are bytes.
 *
 * @param limit the budget's limit, {@link Long#MAX_VALUE} when it has none
 * @param held physical memory held by all regions
 * @param peak the most that was ever held
 * @param deviceFree what the device had free when it was last asked (on growth), -1 when never
 * @param deviceTotal what the device has, -1 when it was never asked
 * @param regions each region, by name
 * @param waits who waits for others, oldest first
 * @param counts driver calls and other happenings so far
 */
public record MemoryReport(long limit, long held, long peak, long deviceFree, long deviceTotal, List<RegionUse> regions,
                           List<Wait> waits, Map<MemoryCounter, Long> counts) {
    private static final int LARGEST = 8;
    private static final int NAME_WIDTH = 16;

    /**
     * One region.
     *
     * @param mapped physical memory under it
     * @param used bytes in use
     * @param peak the most that was ever in use
     * @param holders what lies in it, as far as its user said
     */
    public record RegionUse(String name, long mapped, long used, long peak, List<Holder> holders) {
        /** The list is copied. */
        public RegionUse {
            holders = List.copyOf(holders);
        }
    }

    /** Something with a name that holds {@code bytes}. */
    public record Holder(String name, long bytes) {
    }

    /**
     * Work that waits.
     *
     * @param task whose work, and what
     * @param age its place among all: the lesser, the older
     * @param wanted what it waits for
     * @param lacking bytes that it lacks, 0 when it waits for something else or for memory of an unknown size
     * @param seconds since when
     */
    public record Wait(String task, long age, String wanted, long lacking, double seconds) {
    }

    /** The collections are copied. */
    public MemoryReport {
        regions = List.copyOf(regions);
        waits = List.copyOf(waits);
        counts = Map.copyOf(counts);
    }

    static MemoryReport of(Budget budget) {
        List<RegionUse> uses = new ArrayList<>();
        for (Region region : budget.regions()) {
            uses.add(new RegionUse(region.name(), region.mapped(), region.used(), region.peak(), region.holders()));
        }
        uses.sort(Comparator.comparing(RegionUse::name));
        Map<MemoryCounter, Long> counts = new EnumMap<>(MemoryCounter.class);
        for (MemoryCounter counter : MemoryCounter.values()) {
            counts.put(counter, budget.count(counter));
        }
        return new MemoryReport(budget.limit(), budget.used(), budget.peak(), budget.deviceFree(), budget.deviceTotal(),
                uses, budget.turns().waits(), counts);
    }

    /** The largest holders over all regions, largest first; a region whose content nobody named stands for itself. */
    public List<Holder> largest() {
        List<Holder> all = new ArrayList<>();
        for (RegionUse region : regions) {
            if (region.mapped() == 0) {
                continue;    // its user named what lay in it before it was given back
            }
            for (Holder holder : region.holders()) {
                all.add(new Holder(region.name() + "/" + holder.name(), holder.bytes()));
            }
            if (region.holders().isEmpty()) {
                all.add(new Holder(region.name(), region.mapped()));
            }
        }
        all.sort(Comparator.comparingLong(Holder::bytes).reversed().thenComparing(Holder::name));
        return all.subList(0, Math.min(LARGEST, all.size()));
    }

    /** Bytes in use over all regions. */
    public long used() {
        return regions.stream().mapToLong(RegionUse::used).sum();
    }

    /** The report as lines of text for people. */
    public String toText() {
        StringBuilder text = new StringBuilder();
        text.append("device memory held ").append(size(held)).append(", peak ").append(size(peak));
        if (limit != Long.MAX_VALUE) {
            text.append(", limit ").append(size(limit));
        }
        if (deviceTotal >= 0) {
            text.append(", device ").append(size(deviceTotal)).append(" with ").append(size(deviceFree))
                    .append(" free at the last growth");
        }
        text.append('\n');
        int width = regions.stream().mapToInt(region -> region.name().length()).reduce(NAME_WIDTH, Math::max);
        line(text, width, "region", "mapped", "used", "peak use");
        for (RegionUse region : regions) {
            line(text, width, region.name(), size(region.mapped()), size(region.used()), size(region.peak()));
        }
        for (Wait wait : waits) {
            text.append(String.format(Locale.ROOT, "waiting %.3f s for %s: %s%s%n", wait.seconds(), wait.wanted(), wait.task(),
                    wait.lacking() > 0 ? ", lacking " + size(wait.lacking()) : ""));
        }
        text.append("driver calls:");
        appendCounts(text, true);
        text.append("\nevents:");
        appendCounts(text, false);
        text.append("\nlargest holders:\n");
        for (Holder holder : largest()) {
            text.append(String.format(Locale.ROOT, "  %-40s %12s%n", holder.name(), size(holder.bytes())));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, int width, String name, String mapped, String used, String peak) {
        text.append(String.format(Locale.ROOT, "  %-" + width + "s %12s %12s %12s%n", name, mapped, used, peak));
    }

    private void appendCounts(StringBuilder text, boolean driverCalls) {
        boolean any = false;
        for (MemoryCounter counter : MemoryCounter.values()) {
            long count = counts.getOrDefault(counter, 0L);
            if (counter.driverCall() == driverCalls && count > 0) {
                text.append(' ').append(counter.name().toLowerCase(Locale.ROOT)).append(' ').append(count);
                any = true;
            }
        }
        text.append(any ? "" : " none");
    }

    /** The largest holders as a part of a sentence; empty when there are none. */
    public String largestHolders() {
        StringBuilder text = new StringBuilder();
        for (Holder holder : largest()) {
            text.append(text.isEmpty() ? "; largest holders: " : ", ").append(holder.name()).append(' ')
                    .append(size(holder.bytes()));
        }
        return text.toString();
    }

    /** Bytes for people: {@code 512 B}, {@code 1.5 KiB}, {@code 20.00 MiB}. */
    public static String size(long bytes) {
        if (bytes == Long.MAX_VALUE) {
            return "unlimited";
        }
        if (bytes < 1 << 10) {
            return bytes + " B";
        }
        if (bytes < 1 << 20) {
            return String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0);
        }
        return String.format(Locale.ROOT, "%.2f MiB", bytes / (1024.0 * 1024.0));
    }
}
