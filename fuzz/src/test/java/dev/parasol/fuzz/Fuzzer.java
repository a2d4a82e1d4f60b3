package dev.parasol.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs Jazzer in a process of its own, which changes the readers' classes as they are loaded. */
final class Fuzzer {
    private static final String READERS = "dev.parasol.weights.**:dev.parasol.audio.**:dev.parasol.memory.**:dev.parasol.pipeline.Opt*:dev.parasol.pipeline.Transcribe*:dev.parasol.scoring.**:"
            + "org.yaml.snakeyaml.**:com.fasterxml.jackson.core.**";
    /** Its inner loop decides nothing. */
    private static final String LEFT_ALONE = "dev.parasol.audio.Resampler";
    private static final Path ROOT = Path.of("target/fuzz");
    private static final int SECONDS_PER_INPUT = 180;
    private static final int FAULTS_BEFORE_STOP = 10;
    private static final Pattern EXECUTIONS = Pattern.compile("stat::number_of_executed_units:\\s*(\\d+)");

    private Fuzzer() {}

    /**
     * What came of it.
     *
     * @param exit of Jazzer, 0 when it found nothing
     * @param executions how many inputs were tried
     * @param faults inputs that found something, to be moved to the corpus when it is mended
     * @param log what Jazzer printed
     */
    record Result(int exit, long executions, List<Path> faults, Path log) {}

    /** One reader, from its own inputs. */
    static Result run(Subject subject, int seconds) throws IOException, InterruptedException {
        return run(subject.id(), "-D" + Fuzzed.SUBJECT + "=" + subject.name(), Corpus.folder(subject), subject.mostBytes(), seconds);
    }

    /** Every reader in one process, from all inputs. */
    static Result runAll(int seconds) throws IOException, InterruptedException {
        Path inputs = Files.createDirectories(ROOT.resolve("all/inputs"));
        for (Subject subject : Subject.values()) {
            for (Path input : Corpus.inputs(subject)) {
                byte[] bytes = Files.readAllBytes(input);
                byte[] marked = new byte[bytes.length + 1];
                marked[0] = (byte) subject.ordinal();
                System.arraycopy(bytes, 0, marked, 1, bytes.length);
                Files.write(inputs.resolve(subject.id() + "-" + input.getFileName()), marked);
            }
        }
        return run("all", "-ea", inputs, 1024, seconds);
    }

    private static Result run(String name, String property, Path inputs, int mostBytes, int seconds) throws IOException, InterruptedException {
        Path folder = ROOT.resolve(name);
        Path faults = Files.createDirectories(folder.resolve("faults"));
        Path made = Files.createDirectories(folder.resolve("made"));
        Path log = folder.resolve("log.txt");
        try (Stream<Path> old = Files.list(faults)) {
            for (Path file : old.toList()) {
                Files.delete(file);
            }
        }
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process jazzer = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g", "-XX:+UseSerialGC", "-cp", classes,
                property, "com.code_intelligence.jazzer.Jazzer", "--target_class=" + Fuzzed.class.getName(),
                "--instrumentation_includes=" + READERS, "--instrumentation_excludes=" + LEFT_ALONE, "--keep_going=" + FAULTS_BEFORE_STOP,
                "--reproducer_path=" + folder, "-max_total_time=" + seconds, "-timeout=" + SECONDS_PER_INPUT, "-report_slow_units=" + SECONDS_PER_INPUT, "-rss_limit_mb=0",
                "-max_len=" + mostBytes, "-artifact_prefix=" + faults + "/", "-print_final_stats=1", made.toString(), inputs.toString())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        int exit;
        try {
            exit = jazzer.waitFor();
        } finally {
            jazzer.destroyForcibly();
        }
        try (Stream<Path> found = Files.list(faults)) {
            return new Result(exit, executions(log), found.sorted().toList(), log);
        }
    }

    private static long executions(Path log) throws IOException {
        Matcher matcher = EXECUTIONS.matcher(new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
