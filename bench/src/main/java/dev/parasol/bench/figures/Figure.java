package dev.parasol.bench.figures;

import dev.parasol.bench.Report;
import java.io.IOException;

/** One of the figures that Parasol is held to. */
interface Figure {
    /** Takes it and reports lines with verdicts. */
    void take(Setting setting, Report report) throws IOException;
}
