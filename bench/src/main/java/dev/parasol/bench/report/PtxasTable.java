package dev.parasol.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Registers, shared memory and spills of every kernel, as {@code ptxas -v} prints them. */
final class PtxasTable {
    private static final Pattern ENTRY = Pattern.compile("Compiling entry function '([^']+)' for '([^']+)'");
    private static final Pattern STACK = Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
    private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
    private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");

    private PtxasTable() {}

    /** One kernel's line; numbers that were not printed are 0. */
    record Line(String kernel, String target, int registers, int staticShared, int stack, int spillStores, int spillLoads) {}

    static List<Line> parse(String text) {
        List<Line> lines = new ArrayList<>();
        String kernel = null;
        String target = null;
        int[] stack = new int[3];
        for (String line : text.lines().toList()) {
            Matcher entry = ENTRY.matcher(line);
            Matcher frame = STACK.matcher(line);
            Matcher used = REGISTERS.matcher(line);
            if (entry.find()) {
                kernel = entry.group(1);
                target = entry.group(2);
                stack = new int[3];
            } else if (frame.find()) {
                for (int i = 0; i < stack.length; i++) {
                    stack[i] = Integer.parseInt(frame.group(i + 1));
                }
            } else if (used.find() && kernel != null) {
                Matcher shared = SHARED.matcher(line);
                lines.add(new Line(kernel, target, Integer.parseInt(used.group(1)), shared.find() ? Integer.parseInt(shared.group(1)) : 0, stack[0], stack[1], stack[2]));
                kernel = null;
            }
        }
        return lines;
    }

    static void write(Markdown out, String text) {
        List<Line> lines = parse(text);
        long spilling = lines.stream().filter(line -> line.stack() + line.spillStores() + line.spillLoads() > 0).count();
        out.paragraph(lines.size() + " kernels as `make ptxas` assembles them; " + (spilling == 0 ? "none spills or uses the stack" : spilling + " spill or use the stack")
                + ". Dynamic shared memory is set at launch and is not among these.");
        out.table(List.of("kernel", "target", "registers", "static shared, bytes", "stack, bytes", "spills, bytes"), lines.stream()
                .map(line -> List.of(line.kernel(), line.target(), Integer.toString(line.registers()), Integer.toString(line.staticShared()), Integer.toString(line.stack()),
                        Integer.toString(line.spillStores() + line.spillLoads()))).toList());
    }
}
