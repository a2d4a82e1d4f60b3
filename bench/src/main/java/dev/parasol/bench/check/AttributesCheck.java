package dev.parasol.bench.check;

import dev.parasol.bench.Report;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.KernelAttributes;
import dev.parasol.cuda.StructLayout;
import dev.parasol.kernels.KernelLayouts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the driver's own compilation made of every kernel: no local memory, and a table of registers and shared memory. */
final class AttributesCheck implements Check {
    private static final String PTX = "/dev/parasol/ptx/";
    private static final Pattern ENTRY = Pattern.compile("\\.visible \\.entry (\\w+)\\(");

    @Override
    public void run(CheckSetting setting, Report report) throws IOException {
        report.section("Every kernel after the driver's compilation on " + setting.device());
        String index = resource("INDEX");
        if (index == null) {
            report.skip("all kernels", "this build has no PTX, since nvcc was not on the path");
            return;
        }
        boolean compiled = setting.device().kind() == DeviceSpec.Kind.CUDA;
        if (!compiled) {
            report.skip("local memory and registers", "the software device compiles nothing: kernels are only loaded");
        }
        try (CudaContext context = CudaContext.open(setting.device())) {
            boolean warpgroups = context.properties().warpgroupProducts();
            if (!warpgroups) {
                report.skip("kernels for sm_90a", "the device's compute capability is not 9.0");
            }
            for (String file : index.lines().filter(line -> !line.isBlank() && (warpgroups || !line.endsWith("_sm90"))).sorted().toList()) {
                Matcher entries = ENTRY.matcher(resource(file + ".ptx"));
                while (entries.find()) {
                    String name = entries.group(1);
                    KernelAttributes attributes = context.kernels().kernel(file, name, layout(file)).attributes();
                    if (compiled) {
                        report.row(name, attributes.localBytes() + " bytes local", attributes.registers() + " registers, " + attributes.staticShared()
                                + " bytes static shared, " + attributes.maxThreads() + " threads", attributes.localBytes() == 0);
                    } else {
                        report.row(name, "loaded", "", true);
                    }
                }
            }
        }
    }

    /** {@code gemm_argmax_f16} takes what {@code gemm_argmax.h} says: the longest header name that begins the file's. */
    private static StructLayout layout(String file) {
        if (file.startsWith("probe_")) {
            return WrapperProbes.layout(file);
        }
        return KernelLayouts.all().stream().filter(layout -> file.startsWith(layout.header().replace(".h", "")))
                .max(Comparator.comparingInt(layout -> layout.header().length()))
                .orElseThrow(() -> new IllegalStateException("no params header for " + file));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = AttributesCheck.class.getResourceAsStream(PTX + name)) {
            return in == null ? null : new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
