package dev.parasol.kernels;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parasol.cuda.StructLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java's params structs against the headers, the C++ compiler and the PTX. */
class LaunchAbiTest {
    private static final Path CUDA = Path.of("..", "cuda");
    private static final Path PARAMS = CUDA.resolve("params");
    private static final Path PTX = CUDA.resolve("build/resources/dev/parasol/ptx");

    /** The probes test the device itself; they have no launcher. */
    private static boolean probe(String file) {
        return file.startsWith("probe");
    }

    private static List<String> files(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(file -> file.endsWith(ending) && !probe(file)).sorted().toList();
        }
    }

    @Test
    void everyHeaderHasOneLayout() throws IOException {
        assumeTrue(Files.isDirectory(PARAMS), "the kernels' sources are not here");
        assertThat(KernelLayouts.all()).extracting(StructLayout::header).containsExactlyInAnyOrderElementsOf(files(PARAMS, ".h"));
    }

    @Test
    void everyFieldOfTheHeaderIsInTheLayout() throws IOException {
        assumeTrue(Files.isDirectory(PARAMS), "the kernels' sources are not here");
        for (StructLayout layout : KernelLayouts.all()) {
            String header = Files.readString(PARAMS.resolve(layout.header())).replaceAll("(?s)/\\*.*?\\*/", "");
            Matcher struct = Pattern.compile("struct " + layout.name() + " \\{(.*?)\\};", Pattern.DOTALL).matcher(header);
            assertThat(struct.find()).as("struct %s in %s", layout.name(), layout.header()).isTrue();
            List<String> fields = new ArrayList<>();
            Matcher field = Pattern.compile("(\\w+)\\s*;").matcher(struct.group(1));
            while (field.find()) {
                fields.add(field.group(1));
            }
            assertThat(layout.fields()).as(layout.name()).extracting(StructLayout.Field::name).containsExactlyElementsOf(fields);
        }
    }

    @Test
    void sizesAndOffsetsAreTheCompilers(@TempDir Path folder) throws Exception {
        assumeTrue(Files.isDirectory(PARAMS), "the kernels' sources are not here");
        assumeTrue(onPath("g++"), "g++ is not on the path");
        StringBuilder source = new StringBuilder("#include <cstddef>\n#include <cstdio>\n");
        StringBuilder body = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (StructLayout layout : KernelLayouts.all()) {
            source.append("#include \"params/").append(layout.header()).append("\"\n");
            body.append("    printf(\"%s %zu %zu\\n\", \"").append(layout.name()).append("\", sizeof(").append(layout.name()).append("), alignof(")
                    .append(layout.name()).append("));\n");
            expected.add(layout.name() + " " + layout.size() + " " + layout.alignment());
            for (StructLayout.Field field : layout.fields()) {
                body.append("    printf(\"%s.%s %zu %zu\\n\", \"").append(layout.name()).append("\", \"").append(field.name()).append("\", offsetof(")
                        .append(layout.name()).append(", ").append(field.name()).append("), sizeof(").append(layout.name()).append("::").append(field.name()).append("));\n");
                expected.add(layout.name() + "." + field.name() + " " + field.offset() + " " + field.type().bytes());
            }
        }
        Path file = Files.writeString(folder.resolve("layouts.cpp"), source + "int main() {\n" + body + "}\n");
        Path program = folder.resolve("layouts");
        assertThat(run("g++", "-std=c++17", "-I" + CUDA, "-o", program.toString(), file.toString())).as("compilation").isEmpty();
        assertThat(run(program.toString()).lines()).containsExactlyElementsOf(expected);
    }

    @Test
    void parameterSizesAreThePtxs() throws IOException {
        assumeTrue(Files.isDirectory(PTX), "no PTX was built: nvcc is not on the path");
        Pattern parameter = Pattern.compile("\\.param \\.align \\d+ \\.b8 (\\w+)_param_0\\[(\\d+)\\]");
        int kernels = 0;
        for (String file : files(PTX, ".ptx")) {
            Matcher sizes = parameter.matcher(Files.readString(PTX.resolve(file)));
            while (sizes.find()) {
                assertThat(Integer.parseInt(sizes.group(2))).as("%s in %s", sizes.group(1), file).isEqualTo(layoutOf(file).size());
                kernels++;
            }
        }
        assertThat(kernels).isGreaterThanOrEqualTo(KernelLayouts.all().size());
    }

    /** gemm_argmax_f16.ptx holds kernels that take gemm_argmax.h: the longest header name that begins the file's. */
    private static StructLayout layoutOf(String file) {
        return KernelLayouts.all().stream()
                .filter(layout -> file.startsWith(layout.header().substring(0, layout.header().length() - 2)))
                .max(Comparator.comparingInt(layout -> layout.header().length()))
                .orElseThrow(() -> new AssertionError("no header for " + file));
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command[0] + " ends").isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
