package dev.parasol.cli;

import java.util.List;

/** Sentences for the user, which go to standard error and change nothing in the results. */
final class Notices {
    private Notices() {}

    /** What there is to say of models and options. */
    static void tell(List<String> notices) {
        notices.forEach(notice -> System.err.println("parasol: " + Printable.of(notice)));
    }

    /** What there is to say of a recording. */
    static void warn(List<String> warnings) {
        warnings.forEach(warning -> System.err.println("parasol: warning: " + Printable.of(warning)));
    }
}
