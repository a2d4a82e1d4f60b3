package dev.parasol.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code report}: tables and plots of all results. What no GPU has measured stays empty and says so. */
@Command(name = "report", description = "Write RESULTS.md, with tables and plots, from the JSON under bench/results.", mixinStandardHelpOptions = true)
public final class ReportCommand implements Callable<Integer> {
    @Option(names = "--results", defaultValue = "bench/results", paramLabel = "DIR", description = "Result files, in folders of any depth (default: ${DEFAULT-VALUE}).")
    Path results;

    @Option(names = "--ptxas", defaultValue = "cuda/build/ptxas.txt", paramLabel = "FILE", description = "What make ptxas printed (default: ${DEFAULT-VALUE}).")
    Path ptxas;

    @Option(names = "--out", defaultValue = "bench/RESULTS.md", paramLabel = "FILE", description = "The report; plots go to the folder plots beside it (default: ${DEFAULT-VALUE}).")
    Path out;

    @Override
    public Integer call() throws IOException {
        System.setProperty("java.awt.headless", "true");
        List<Results.Source> sources;
        try {
            sources = Results.read(results);
        } catch (IllegalArgumentException e) {
            System.err.println("parasol-bench: " + e.getMessage());
            return 1;
        }
        Path folder = out.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Files.writeString(out, text(Results.of(sources, true), Results.of(sources, false), Files.isRegularFile(ptxas) ? Files.readString(ptxas) : null, folder.resolve("plots")));
        System.out.println("written to " + out + " from " + sources.size() + " result files");
        return 0;
    }

    static String text(Results gpu, Results software, String ptxas, Path plots) throws IOException {
        Markdown out = new Markdown();
        out.heading(1, "Results");
        out.paragraph("Written by `make report` from the files under `bench/results`; `bench/README.md` says what each command measures, `bench/results/README.md` what a file holds. "
                + "Medians, and in parentheses the tenth and ninetieth percentile. Shares are of the roofline from the copy bandwidth and the large matrix product of the same run.");
        if (gpu.isEmpty()) {
            out.paragraph("No result of a GPU is here yet: every place for one is empty. `make gpu-bundle` and, on the GPU's machine, `./measure --out DIR` fill them.");
        }
        gpu.sources().forEach(source -> out.paragraph(source.describe()));
        new Goals(gpu).write(out);
        model(out, gpu, new Plots(gpu, plots));
        out.heading(2, "Work and bytes by layer");
        Tables.accounting(out);
        out.heading(2, "Registers, shared memory, spills");
        if (ptxas == null) {
            out.paragraph("not made: `make ptxas` was not run before the report");
        } else {
            PtxasTable.write(out, ptxas);
        }
        software(out, software);
        return out.toString();
    }

    private static void model(Markdown out, Results gpu, Plots plots) throws IOException {
        out.heading(2, "Whole model on a GPU");
        Tables.passes(out, gpu, "throughput");
        plot(out, "Throughput by batch", plots.throughput());
        Tables.passes(out, gpu, "latency");
        plot(out, "Latency by length", plots.latency());
        out.heading(3, "Accuracy");
        Tables.values(out, gpu, "accuracy");
        out.heading(3, "Memory, weights apart");
        Tables.values(out, gpu, "memory");
        out.heading(2, "Service on a GPU, by callers");
        ServiceTable.write(out, gpu);
        out.heading(2, "Kernels on a GPU");
        Tables.timings(out, gpu, "ceiling");
        Tables.timings(out, gpu, "kernel");
        plot(out, "Roofline", plots.roofline());
        out.heading(3, "Host time of launches");
        Tables.timings(out, gpu, "launch");
    }

    private static void plot(Markdown out, String title, String file) {
        out.paragraph(file == null ? title + ": " + Goals.EMPTY : "![" + title + "](" + file + ")");
    }

    private static void software(Markdown out, Results software) {
        out.heading(2, "Software device: no GPU figure is below this line");
        if (software.isEmpty()) {
            out.paragraph("not measured");
            return;
        }
        out.paragraph("Tiny shapes and a small model, to show that every benchmark runs and that its results are right. The times say nothing about a GPU.");
        software.sources().forEach(source -> out.paragraph(source.describe()));
        for (String group : List.of("kernel", "launch")) {
            out.heading(3, "Software device: " + group);
            Tables.timings(out, software, group);
        }
        for (String group : List.of("throughput", "latency")) {
            out.heading(3, "Software device: " + group);
            Tables.passes(out, software, group);
        }
        out.heading(3, "Software device: service");
        ServiceTable.write(out, software);
        for (String group : List.of("accuracy", "memory", "micro")) {
            out.heading(3, "Software device: " + group);
            Tables.values(out, software, group);
        }
    }
}
