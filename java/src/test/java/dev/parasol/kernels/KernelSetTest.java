package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
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
}
