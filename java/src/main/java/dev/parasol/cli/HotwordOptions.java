package dev.parasol.cli;

import dev.parasol.weights.HotwordList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that give words to listen for. */
final class HotwordOptions {
    @Option(
            names = "--hotword",
            paramLabel = "WORDS",
            description = "Words to listen for, separated by spaces, or as in FunASR the name of a .txt file of them (SeACo models).")
    String words;

    @Option(names = "--hotwords", paramLabel = "FILE", converter = FileName.class, description = "A file of words to listen for, one a line.")
    String file;

    /** All of them; none where no option is given. */
    List<String> list() {
        List<String> list = new ArrayList<>();
        if (words != null) {
            list.addAll(words.endsWith(".txt") ? HotwordList.ofFile(Path.of(words)) : HotwordList.ofText(words));
        }
        if (file != null) {
            list.addAll(HotwordList.ofFile(Path.of(file)));
        }
        return list;
    }
}
