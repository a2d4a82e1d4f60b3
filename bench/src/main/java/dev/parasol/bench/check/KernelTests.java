package dev.parasol.bench.check;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import dev.parasol.bench.Report;
import dev.parasol.kernels.KernelSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The kernels' own tests against double-precision references, on the chosen device: {@code parasol.device} names it to them. */
final class KernelTests implements Check {
    @Override
    public void run(CheckSetting setting, Report report) {
        report.section("Kernels on " + setting.device() + " against their references (the tests of " + KernelSet.class.getPackageName() + ")");
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request().selectors(selectPackage(KernelSet.class.getPackageName())).build();
        LauncherFactory.create().execute(request, new Listener(report));
    }

    private record Listener(Report report) implements TestExecutionListener {
        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            report.skip(name(test), reason);
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            switch (result.getStatus()) {
                case SUCCESSFUL -> {
                    if (test.isTest()) {
                        report.row(name(test), "", "", true);
                    }
                }
                case ABORTED -> report.skip(name(test), result.getThrowable().map(Throwable::getMessage).orElse("").replaceFirst("^Assumption failed: ", ""));
                case FAILED -> {
                    report.row(name(test), "failed", "", false);
                    result.getThrowable().ifPresent(e -> e.toString().lines().forEach(report::note));
                }
            }
        }

        private static String name(TestIdentifier test) {
            Class<?> source = test.getSource().map(s -> s instanceof MethodSource m ? m.getJavaClass() : s instanceof ClassSource c ? c.getJavaClass() : null)
                    .orElse(null);
            String method = test.getSource().map(s -> s instanceof MethodSource m ? m.getMethodName() + " " : "").orElse("");
            String display = test.getDisplayName().startsWith(method.strip()) ? test.getDisplayName() : method + test.getDisplayName();
            return (source == null ? "" : source.getSimpleName() + " ") + display;
        }
    }
}
