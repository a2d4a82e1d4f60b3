package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

class CudaExceptionTest {
    @Test
    void carriesNumberNameAndCall() {
        CudaException e = new CudaException(2, "cuMemAlloc");
        assertThat(e.code()).isEqualTo(2);
        assertThat(e.errorName()).isEqualTo("CUDA_ERROR_OUT_OF_MEMORY");
        assertThat(e.call()).isEqualTo("cuMemAlloc");
        assertThat(e).hasMessage("cuMemAlloc failed: CUDA_ERROR_OUT_OF_MEMORY (2)");
        assertThat(e.outOfMemory()).isTrue();
        assertThat(e.sticky()).isFalse();
    }

    @Test
    void knowsWhatLosesTheContext() {
        for (int code : new int[] {214, 220, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719}) {
            assertThat(new CudaException(code, "cuStreamSynchronize").sticky()).as("error %d", code).isTrue();
        }
        for (int code : new int[] {1, 2, 201, 400, 600, 701, 720, 801, 900}) {
            assertThat(new CudaException(code, "cuStreamSynchronize").sticky()).as("error %d", code).isFalse();
        }
    }

    @Test
    void theDriversAnswerBecomesTheException() {
        try (CudaContext context = CudaContext.open(DeviceSpec.parse("soft:0"))) {
            long beyond = 2 * context.properties().totalMemory();
            CudaException e = catchThrowableOfType(CudaException.class, () -> context.allocate(beyond));
            assertThat(e.outOfMemory()).isTrue();
            assertThat(e.call()).isEqualTo("cuMemAlloc");
            assertThat(context.failure()).isNull();
            context.allocate(1 << 20).close();
        }
    }
}
