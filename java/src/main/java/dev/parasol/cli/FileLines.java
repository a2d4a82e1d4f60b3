package dev.parasol.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.audio.AudioException;
import dev.parasol.memory.DeviceMemoryExhausted;
import java.nio.file.Path;
import java.util.List;

/** One line of JSON a recording on standard output: its name, and what was found or what went wrong. */
final class FileLines {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Finds what is to be told of a recording. */
    @FunctionalInterface
    interface Finder {
        /** @param line begins with the recording's name */
        void find(Path file, ObjectNode line);
    }

    private FileLines() {}

    /** Prints the lines of all; the exit code, 1 when any of them failed. */
    static int print(List<String> names, Finder finder) {
        boolean failed = false;
        for (String name : names) {
            failed |= !print(name, finder);
            if (System.out.checkError()) {
                throw new CommandException("standard output cannot be written");    // nobody would read the rest
            }
        }
        return failed ? 1 : 0;
    }

    /** Whether it went well. */
    private static boolean print(String name, Finder finder) {
        ObjectNode line = MAPPER.createObjectNode().put("file", name);
        boolean good = true;
        try {
            finder.find(Path.of(name), line);
        } catch (AudioException | DeviceMemoryExhausted e) {
            line = MAPPER.createObjectNode().put("file", name).put("error", e.getMessage());
            good = false;
        }
        System.out.println(line);
        return good;
    }
}
