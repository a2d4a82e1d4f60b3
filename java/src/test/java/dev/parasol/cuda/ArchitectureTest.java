package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules between packages: the floors of the house, and JCuda behind one of them. */
class ArchitectureTest {
    private static final List<String> FLOORS = List.of("files", "scoring", "cuda", "memory", "kernels", "weights", "audio", "model", "pipeline", "tuning", "cli");
    private static final Pattern OWN = Pattern.compile("\\bdev\\.parasol\\.([a-z]+)\\b");
    private static final Pattern JCUDA = Pattern.compile("\\bjcuda\\.[a-zA-Z]");

    private static List<Path> sources() throws IOException {
        Path root = Path.of("src/main/java");
        assertThat(root).as("tests run in the module's folder").isDirectory();
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    /** The file's code without comments, where packages may be named freely. */
    private static String code(Path file) throws IOException {
        return Files.readString(file).replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)//.*$", "");
    }

    private static String packageOf(Path file) {
        String name = file.toString().replace('\\', '/');
        Matcher matcher = Pattern.compile("dev/parasol/([a-z]+)/").matcher(name);
        assertThat(matcher.find()).as("%s lies in a package of the house", name).isTrue();
        return matcher.group(1);
    }

    @Test
    void onlyTheCudaPackageNamesJCuda() throws IOException {
        List<String> offenders = new ArrayList<>();
        boolean found = false;
        for (Path file : sources()) {
            boolean names = JCUDA.matcher(code(file)).find();
            boolean allowed = packageOf(file).equals("cuda");
            found |= names;
            if (names && !allowed) {
                offenders.add(file.toString());
            }
        }
        assertThat(found).as("the search finds JCuda where it is").isTrue();
        assertThat(offenders).isEmpty();
    }

    @Test
    void aPackageImportsOnlyFromFloorsBelow() throws IOException {
        List<String> offenders = new ArrayList<>();
        for (Path file : sources()) {
            String own = packageOf(file);
            assertThat(FLOORS).as("the floor of %s", file).contains(own);
            Matcher matcher = OWN.matcher(code(file));
            while (matcher.find()) {
                if (!allowed(own, matcher.group(1))) {
                    offenders.add(file + " (" + own + ") uses " + matcher.group(1));
                }
            }
        }
        assertThat(offenders).isEmpty();
    }

    private static boolean allowed(String from, String to) {
        return FLOORS.contains(to) && FLOORS.indexOf(to) <= FLOORS.indexOf(from);
    }
}
