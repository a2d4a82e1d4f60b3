package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KernelSetTest {
    private static final List<Method> LAUNCHERS = Arrays.stream(KernelSet.class.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()) && method.getParameterCount() == 0 && method.getReturnType() != void.class)
            .toList();

    /** Each is made on a device, where the library compares the struct's size with the kernel's. */
    @Test
    void everyLauncherIsMadeOnceAndClosed() throws Exception {
        assertThat(LAUNCHERS).hasSize(40);
        try (CudaContext context = CudaContext.open(DeviceSpec.select(null)); KernelSet kernels = new KernelSet(context.kernels())) {
            for (Method launcher : LAUNCHERS) {
                if (launcher.getName().endsWith("Sm90") && !context.properties().warpgroupProducts()) {
                    continue; // refused there, as its own test shows
                }
                Object made = launcher.invoke(kernels);
                assertThat(made).as(launcher.getName()).isNotNull().isSameAs(launcher.invoke(kernels));
            }
            kernels.close();
            assertThatIllegalStateException().isThrownBy(kernels::gemm).withMessageContaining("closed");
        }
    }

    /** A device is checked by the tests of this package, so a kernel without one would never be checked on a GPU. */
    @Test
    void everyLauncherHasATestHere() throws IOException {
        Path folder = Path.of("src/test/java", KernelSetTest.class.getPackageName().split("\\."));
        assumeTrue(Files.isDirectory(folder), "the tests' sources are not here");
        StringBuilder tests = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            // The one makes launchers, the other shows what they refuse.
            for (Path file : files.filter(f -> !f.endsWith("KernelSetTest.java") && !f.endsWith("ShapeChecksTest.java")).toList()) {
                tests.append(Files.readString(file));
            }
        }
        List<String> launched = Pattern.compile("kernels\\(\\)\\s*\\.(\\w+)\\(\\)").matcher(tests).results().map(m -> m.group(1)).distinct().toList();
        assertThat(launched).containsAll(LAUNCHERS.stream().map(Method::getName).toList());
    }
}
