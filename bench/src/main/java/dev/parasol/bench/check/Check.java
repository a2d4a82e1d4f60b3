package dev.parasol.bench.check;

import dev.parasol.bench.Report;
import java.io.IOException;

/** One part of {@code check}. */
interface Check {
    /** Looks and reports lines with verdicts. */
    void run(CheckSetting setting, Report report) throws IOException;
}
