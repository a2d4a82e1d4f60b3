package dev.parasol.memory;

import dev.parasol.files.Shown;
import java.util.List;

/** Reads the lines of a plain comma-separated file with a fixed heading, and says where something is wrong. */
final class CsvLines {
    private final String source;
    private final List<String> lines;
    private final String[] names;
    private int line;
    private String[] fields = {};

    /** @throws InstanceException when the first line is not {@code heading} */
    CsvLines(String source, List<String> lines, String heading) {
        this.source = source;
        this.lines = lines;
        this.names = heading.split(",");
        if (lines.isEmpty() || !lines.get(0).strip().equals(heading)) {
            throw new InstanceException(source + ": expected the heading '" + heading + "', found '"
                    + (lines.isEmpty() ? "" : Shown.of(lines.get(0))) + "'");
        }
    }

    /** Goes to the next line that is not empty; false at the end. */
    boolean next() {
        do {
            line++;
            if (line >= lines.size()) {
                return false;
            }
        } while (lines.get(line).isBlank());
        fields = lines.get(line).split(",", -1);
        if (fields.length != names.length) {
            throw wrong("expected " + names.length + " fields, found " + fields.length);
        }
        return true;
    }

    String text(int field) {
        return fields[field].strip();
    }

    /** A field for a message. */
    String shown(int field) {
        return Shown.of(text(field));
    }

    long number(int field) {
        try {
            return Long.parseLong(text(field));
        } catch (NumberFormatException e) {
            throw wrong(names[field] + " '" + shown(field) + "' is not a whole number");
        }
    }

    InstanceException wrong(String what) {
        return new InstanceException(source + ", line " + (line + 1) + ": " + what);
    }
}
