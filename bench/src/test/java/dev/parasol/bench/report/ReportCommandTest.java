package dev.parasol.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReportCommandTest {
    private static final String GPU = """
            {"schema": "parasol-bench/1", "source": "%s", "kind": "%s", "taken": "2026-01-0%d", "commit": "abc", "device": {"name": "NVIDIA H200", "driver": "580"},
             "ceilings": {"copy_bytes_s": 4e12, "product_flop_s": 8e14, "product_by": "cuBLAS"}, "measurements": [%s]}
            """;
    private static final String PTXAS = """
            ptxas info    : 0 bytes gmem
            ptxas info    : Compiling entry function 'layer_norm_f32' for 'sm_80'
            ptxas info    : Function properties for layer_norm_f32
                0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
            ptxas info    : Used 40 registers, used 1 barriers, 132 bytes smem, 432 bytes cmem[0]
            ptxas info    : Compiling entry function 'bad' for 'sm_80'
                8 bytes stack frame, 4 bytes spill stores, 12 bytes spill loads
            ptxas info    : Used 255 registers, 400 bytes cmem[0]
            """;

    @TempDir
    Path folder;

    private String report(String... files) throws IOException {
        Path results = Files.createDirectories(folder.resolve("results/new"));
        for (int i = 0; i < files.length; i++) {
            Files.writeString(results.resolve(i + ".json"), files[i]);
        }
        Files.writeString(folder.resolve("ptxas.txt"), PTXAS);
        int code = new CommandLine(new ReportCommand()).execute("--results", folder.resolve("results").toString(), "--ptxas", folder.resolve("ptxas.txt").toString(),
                "--out", folder.resolve("R.md").toString());
        return code == 0 ? Files.readString(folder.resolve("R.md")) : "exit code " + code;
    }

    private static String entry(String group, String name, String variant, String shape, String fields) {
        return "{\"group\": \"%s\", \"name\": \"%s\", \"variant\": \"%s\", \"shape\": \"%s\", %s}".formatted(group, name, variant, shape, fields);
    }

    private static String file(String source, boolean gpu, int day, String... entries) {
        return GPU.formatted(source, gpu ? "gpu" : "software", day, String.join(", ", entries));
    }

    @Test
    void placesOfFiguresStayEmptyWithoutAGpu() throws IOException {
        String text = report(file("parasol", false, 1, entry("kernel", "gemm", "library bias", "6000x1536x512", "\"median_us\": 123.25")));
        String goals = text.substring(text.indexOf("## Goals"), text.indexOf("## Whole model"));
        assertThat(goals.lines().filter(line -> line.startsWith("| ")).skip(1)).hasSize(19).allMatch(line -> line.contains("| not measured: no GPU result | "));
        assertThat(text).contains("Throughput by batch: not measured: no GPU result", "Roofline: not measured: no GPU result");
        assertThat(text.indexOf("123.25")).isGreaterThan(text.indexOf("## Software device: no GPU figure is below this line"));
        assertThat(folder.resolve("plots")).doesNotExist();
    }

    @Test
    void figuresOfAGpuFillTheirPlaces() throws IOException {
        String times = "\"median_us\": %s, \"p10_us\": 1, \"p90_us\": 2, \"flops\": 9e9, \"bytes\": 3e7, \"tflop_s\": 300, \"roofline_share\": 0.5, \"bound\": \"arithmetic\"";
        String pass = "\"median_us\": %s, \"audio_s\": %s, \"rtfx\": %s, \"roofline_share\": 0.55, \"bound\": \"arithmetic\", \"tokens_s\": 5";
        String text = report(
                file("parasol", true, 2, entry("kernel", "gemm", "library bias", "6000x1536x512", times.formatted("20.5")),
                        entry("kernel", "gemm", "library bias", "6000x512x512", times.formatted("99")),
                        entry("throughput", "packed, features to ids", "Parasol", "30x10s", pass.formatted("4000", "300", "75000")),
                        entry("throughput", "packed, features to ids, int8", "Parasol", "30x10s", pass.formatted("2500", "300", "120000")),
                        entry("kernel", "gemm_s8", "library relu, int8", "6000x2048x512", times.formatted("15.5")),
                        entry("kernel", "gemm_s8", "warps relu, int8", "6000x2048x512", times.formatted("14.5")),
                        entry("latency", "one utterance, features to ids", "Parasol", "1x10s", pass.formatted("1200", "10", "8333")),
                        entry("memory", "activations and workspace, peak", "Parasol", "ragged300s", "\"value\": 90e6, \"unit\": \"bytes\"")),
                file("parasol", true, 1, entry("kernel", "gemm", "library bias", "6000x1536x512", times.formatted("10.5"))),
                file("pytorch", true, 2, entry("kernel", "gemm", "PyTorch bias", "6000x1536x512", times.formatted("25.5")),
                        entry("kernel", "gemm", "PyTorch wrong bias", "6000x1536x512", times.formatted("1") + ", \"check\": {\"error\": 1, \"limit\": 0.1, \"ok\": false}"),
                        entry("kernel", "gemm_s8", "PyTorch _int_mm", "6000x2048x512", times.formatted("9.5")),
                        entry("kernel", "gemm_s8", "PyTorch _int_mm compiled with relu, int8", "6000x2048x512", times.formatted("35.5")),
                        entry("throughput", "packed, features to ids", "PyTorch packed", "30x10s", pass.formatted("10000", "300", "30000")),
                        entry("memory", "activations and workspace, peak", "PyTorch packed", "ragged300s", "\"value\": 200e6, \"unit\": \"bytes\""),
                        entry("memory", "activations and workspace, peak", "PyTorch plain", "ragged300s", "\"value\": 500e6, \"unit\": \"bytes\"")));
        assertThat(text).contains("| GEMM 6000x1536x512, bias, µs | at most cuBLAS with its epilogue | 20.50 | 25.50 (PyTorch bias) | 50.0 % | yes |")
                .contains("| whole model, 30x10s, times real time | 60,000 and twice the best PyTorch form | 75000 | 30000 (PyTorch packed) | 55.0 % | yes |")
                .contains("| whole model in int8, 30x10s, times fp16 | 1.5 | 1.60 |  |  | yes |")
                .contains("| INT8 GEMM 6000x2048x512, relu, int8, µs | at most torch._int_mm with its epilogue | 15.50 | 35.50 (PyTorch _int_mm compiled with relu, int8) | 50.0 % | yes |")
                .contains("| one utterance of 10 s, features to ids, µs | 1000 | 1200 | not measured: no GPU result | 55.0 % | no |")
                .contains("| half of the packed peer's | 90.0 | 200.0 (PyTorch packed) |  | yes |").contains("| a tenth of the plain peer's | 90.0 | 500.0 (PyTorch plain) |  | no |")
                .contains("![Throughput by batch](plots/throughput.png)", "![Latency by length](plots/latency.png)", "![Roofline](plots/roofline.png)");
        assertThat(folder.resolve("plots/roofline.png")).isNotEmptyFile();
    }

    @Test
    void aServiceSaysWhatBoundsIt() throws IOException {
        String level = "\"check\": {\"error\": 0, \"limit\": 0, \"ok\": true}, \"rtfx\": %s, \"rtf\": %s, \"latency_p50_ms\": 2.5, \"latency_p95_ms\": 4, \"batches\": 96.0, "
                + "\"largest_batch_s\": 59.5, \"device_idle_share\": %s, \"host_cores\": 1.5, \"held_bytes\": %d, \"held_limit_bytes\": 2097152, \"planned_bytes\": 7, \"measured_bytes\": %d";
        String text = report(file("parasol", true, 1, entry("service", "files to texts", "Parasol", "1 caller, batches of 60 s", level.formatted("4000", "0.00025", "0.42", 1048576, 7)),
                entry("service", "files to texts", "Parasol", "16 callers, batches of 60 s", level.formatted("20000", "0.00005", "0.02", 4194304, 8)),
                entry("service", "files to texts", "Parasol", "128 callers, batches of 300 s", "\"skipped\": \"the time budget was spent\"")));
        assertThat(text).contains("| 1 caller, batches of 60 s | 4000 | 0.000250 | 2.50, 4.00 | 96, 59.5 s | 42.0 % | 1.5 | the host | 1.0 of 2.0 |")
                .contains("| 16 callers, batches of 60 s | 20000 | 0.000050 | 2.50, 4.00 | 96, 59.5 s | 2.0 % | 1.5 | the device | 4.0 of 2.0, OVER THE LIMIT, NOT AS PLANNED |")
                .contains("| 128 callers, batches of 300 s | the time budget was spent |");
    }

    @Test
    void assemblersTableNamesWhatSpills() throws IOException {
        assertThat(PtxasTable.parse(PTXAS)).containsExactly(new PtxasTable.Line("layer_norm_f32", "sm_80", 40, 132, 0, 0, 0), new PtxasTable.Line("bad", "sm_80", 255, 0, 8, 4, 12));
        assertThat(report()).contains("2 kernels", "1 spill or use the stack", "| layer_norm_f32 | sm_80 | 40 | 132 | 0 | 0 |", "| bad | sm_80 | 255 | 0 | 8 | 16 |");
    }

    @Test
    void aFileOfAnotherSchemaIsRefused() throws IOException {
        assertThat(report("{\"schema\": \"other\"}")).isEqualTo("exit code 1");
    }
}
