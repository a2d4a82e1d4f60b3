package dev.parasol.cuda;

import java.nio.file.Files;
import java.nio.file.Path;

/** Looks for NVIDIA GPUs by their device nodes alone: nothing is opened, and no driver is loaded. */
record GpuNodes(Path dev, String visibleDevices) {
    static GpuNodes ofThisMachine() {
        return new GpuNodes(Path.of("/dev"), System.getenv("CUDA_VISIBLE_DEVICES"));
    }

    /** Whether a GPU can be expected: its nodes exist and CUDA_VISIBLE_DEVICES does not hide them all. */
    boolean present() {
        return problem() == null;
    }

    /** Why no GPU can be expected here, or null. */
    String problem() {
        if (visibleDevices != null && (visibleDevices.isBlank() || visibleDevices.strip().equals("-1"))) {
            return "CUDA_VISIBLE_DEVICES hides every GPU";
        }
        if (Files.exists(dev.resolve("dxg"))) {
            return null; // Windows Subsystem for Linux: one node for all GPUs
        }
        if (!Files.exists(dev.resolve("nvidiactl"))) {
            return "there is no device node " + dev.resolve("nvidiactl")
                    + " (no NVIDIA GPU, its kernel driver is not loaded, or the container was started without the GPU)";
        }
        for (int i = 0; i < 64; i++) {
            if (Files.exists(dev.resolve("nvidia" + i))) {
                return null;
            }
        }
        return "there is a device node " + dev.resolve("nvidiactl") + " but none of a GPU (" + dev.resolve("nvidia0") + ", ...)";
    }
}
