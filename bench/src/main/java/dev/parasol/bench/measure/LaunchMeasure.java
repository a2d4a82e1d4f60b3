package dev.parasol.bench.measure;

import dev.parasol.bench.Scratch;
import dev.parasol.bench.TemporaryFolder;
import dev.parasol.bench.result.Entry;
import dev.parasol.bench.result.ResultFile;
import dev.parasol.bench.result.Timing;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.Graph;
import dev.parasol.cuda.GraphExec;
import dev.parasol.cuda.Kernel;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.StructLayout;
import dev.parasol.kernels.KernelLayouts;
import dev.parasol.kernels.Matrix;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a launch and a graph's launch cost the host: through the launcher with its checks, by the driver's call with arguments that
 * are there already, and by the same calls made from C ({@code launch_cost.c}).
 */
final class LaunchMeasure {
    private static final int GRAPH_KERNELS = 100;
    private static final int WARM_UPS = 20;
    /** Enough for Java's compiler to have seen the call, of which there is one a sample. */
    private static final int GRAPH_WARM_UPS = 3000;
    private static final int COLUMNS = 32;
    private static final int THREADS = 128;
    private static final String KERNEL = "convert_f32_f16";
    private static final String SHAPE = "host";

    private final Scratch scratch;
    private final ResultFile results;
    private final int launches;
    private final int samples;

    LaunchMeasure(Scratch scratch, ResultFile results) {
        this.scratch = scratch;
        this.results = results;
        this.launches = results.gpu() ? 500 : 100;
        this.samples = results.gpu() ? 200 : 10;
    }

    /** @param program the C program, or null when it is not there */
    void take(Path program) throws IOException {
        Matrix from = scratch.normal(DataType.F32, 1, COLUMNS, 1);
        Matrix to = scratch.matrix(DataType.F16, 1, COLUMNS);
        StructLayout layout = KernelLayouts.all().stream().filter(l -> l.name().equals("ConvertParams")).findFirst().orElseThrow();
        Kernel kernel = scratch.context().kernels().kernel("convert", KERNEL, layout);
        add("launch", "Java, the launcher with its checks", many(() -> scratch.kernels().convert().launch(scratch.stream(), from, to, 0)));
        try (KernelArguments arguments = kernel.newArguments(); GraphExec graph = graph(from, to)) {
            arguments.setPointer(layout.offset("input"), from.address());
            arguments.setPointer(layout.offset("output"), to.address());
            for (String field : List.of("cols", "ld_input", "ld_output")) {
                arguments.setInt(layout.offset(field), COLUMNS);
            }
            arguments.setInt(layout.offset("rows"), 1);
            add("launch", "Java", many(() -> kernel.launch(scratch.stream(), 1, 1, 1, THREADS, 0, arguments)));
            add("graph launch", "Java", one(() -> graph.launch(scratch.stream())));
        }
        scratch.free();
        fromC(program);
    }

    private GraphExec graph(Matrix from, Matrix to) {
        scratch.stream().beginCapture();
        for (int i = 0; i < GRAPH_KERNELS; i++) {
            scratch.kernels().convert().launch(scratch.stream(), from, to, 0);
        }
        try (Graph captured = scratch.stream().endCapture()) {
            return captured.instantiate();
        }
    }

    private void add(String name, String variant, Timing timing) {
        results.add(Entry.of("launch", name, variant, SHAPE).timing(timing));
    }

    private Timing many(Runnable launch) {
        double[] micros = new double[samples];
        for (int sample = -WARM_UPS; sample < samples; sample++) {
            scratch.stream().synchronize();
            long start = System.nanoTime();
            for (int i = 0; i < launches; i++) {
                launch.run();
            }
            double elapsed = (System.nanoTime() - start) / 1e3 / launches;
            if (sample >= 0) {
                micros[sample] = elapsed;
            }
        }
        scratch.stream().synchronize();
        return Timing.of(micros);
    }

    /** One at a time: a queue of graphs would be waited for. */
    private Timing one(Runnable launch) {
        double[] micros = new double[samples];
        for (int sample = -(results.gpu() ? GRAPH_WARM_UPS : WARM_UPS); sample < samples; sample++) {
            scratch.stream().synchronize();
            long start = System.nanoTime();
            launch.run();
            double elapsed = (System.nanoTime() - start) / 1e3;
            if (sample >= 0) {
                micros[sample] = elapsed;
            }
        }
        scratch.stream().synchronize();
        return Timing.of(micros);
    }

    private void fromC(Path program) throws IOException {
        if (program == null || !Files.isExecutable(program)) {
            results.add(Entry.of("launch", "launch", "C", SHAPE).skipped("there is no program " + program + ": make bench builds it"));
            return;
        }
        DeviceSpec device = scratch.context().spec();
        boolean soft = device.kind() == DeviceSpec.Kind.SOFT;
        try (TemporaryFolder folder = new TemporaryFolder()) {
            Path library = soft ? copy("/dev/parasol/native/linux-x86_64/libparasol-softcuda.so", folder.path().resolve("libcuda.so.1")) : Path.of("libcuda.so.1");
            Path image = copy("/dev/parasol/ptx/convert.ptx", folder.path().resolve("convert.ptx"));
            if (image == null) {
                image = Files.writeString(folder.path().resolve("convert.ptx"), "// parasol stub\n.entry " + KERNEL + "\n");
            }
            Process process = new ProcessBuilder(program.toString(), library.toString(), Integer.toString(device.ordinal()), image.toString(),
                    Integer.toString(launches), Integer.toString(samples)).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                results.add(Entry.of("launch", "launch", "C", SHAPE).skipped(output.strip()));
                return;
            }
            add("launch", "C", nanos(output, "launch"));
            add("graph launch", "C", nanos(output, "graph"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + program, e);
        }
    }

    /** The samples that the program printed under a name, in nanoseconds. */
    static Timing nanos(String output, String name) {
        List<Double> micros = new ArrayList<>();
        output.lines().filter(line -> line.startsWith(name + " ")).forEach(line -> micros.add(Double.parseDouble(line.substring(name.length() + 1)) / 1e3));
        if (micros.isEmpty()) {
            throw new IllegalArgumentException("the C program printed no " + name + ": " + output);
        }
        return Timing.of(micros.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static Path copy(String resource, Path file) throws IOException {
        try (InputStream in = LaunchMeasure.class.getResourceAsStream(resource)) {
            if (in == null) {
                return null;
            }
            Files.copy(in, file);
            return file;
        }
    }
}
