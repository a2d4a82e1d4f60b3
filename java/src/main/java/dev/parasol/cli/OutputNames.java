package dev.parasol.cli;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The files of a folder that results of recordings go to. */
final class OutputNames {
    /** The name that stands for standard input. */
    static final String STANDARD_INPUT = "-";

    private OutputNames() {}

    /** A file's name without folders and extension. */
    static String stem(String name) {
        if (name.equals(STANDARD_INPUT)) {
            return "standard-input";
        }
        Path file = Path.of(name).getFileName();
        String last = file == null ? name : file.toString();
        int dot = last.lastIndexOf('.');
        return dot > 0 ? last.substring(0, dot) : last;
    }

    /**
     * A file for each recording. Those of like names are numbered in the order in which they are given: {@code a.srt}, {@code
     * a-2.srt}; a number whose name another recording has by itself is passed over.
     */
    static Map<String, Path> of(List<String> recordings, Path folder, String extension) {
        Set<String> own = new HashSet<>();
        recordings.forEach(name -> own.add(stem(name)));
        Set<String> taken = new HashSet<>();
        Map<String, Path> files = new LinkedHashMap<>();
        for (String name : recordings) {
            if (files.containsKey(name)) {
                continue;
            }
            String stem = stem(name);
            String free = stem;
            for (int number = 2; taken.contains(free) || !free.equals(stem) && own.contains(free); number++) {
                free = stem + "-" + number;
            }
            taken.add(free);
            files.put(name, folder.resolve(free + "." + extension));
        }
        return files;
    }
}
