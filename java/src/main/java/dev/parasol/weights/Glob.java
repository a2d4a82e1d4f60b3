package dev.parasol.weights;

/** A pattern in which {@code *} stands for any characters and {@code ?} for one. Matching takes no longer than the lengths' product. Immutable. */
record Glob(String pattern) {
    /** Whether a text has wildcards. */
    static boolean isPattern(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
    }

    boolean matches(String text) {
        int p = 0;
        int star = -1;
        int from = 0;
        for (int t = 0; t < text.length();) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                from = t;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                // The last star takes one character more.
                p = star + 1;
                t = ++from;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
