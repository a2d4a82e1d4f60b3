package dev.parasol.cli;

import dev.parasol.files.FileErrors;
import dev.parasol.files.OutputFile;
import dev.parasol.pipeline.FileResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A file for each recording in one folder; each appears whole or not at all. What failed has none. */
final class FolderResultWriter implements ResultWriter {
    private final Map<String, Path> files;
    private final OutputFormat format;
    private final boolean timed;

    private FolderResultWriter(Map<String, Path> files, OutputFormat format, boolean timed) {
        this.files = files;
        this.format = format;
        this.timed = timed;
    }

    /**
     * Makes the folder where there is none, and finds out whether the files can be written, before any work is done.
     *
     * @param timed whether times of words were asked for
     * @param overwrite whether files may be there already
     * @throws CommandException when they are and may not, or when something cannot be written
     */
    static FolderResultWriter open(List<String> recordings, Path folder, OutputFormat format, boolean timed, boolean overwrite) {
        Map<String, Path> files = OutputNames.of(recordings, folder, format.extension());
        Output.folder(folder.toString());
        try {
            for (Path file : files.values()) {
                refuseRecording(file, recordings);
                if (!overwrite && Files.exists(file)) {
                    throw new CommandException(file + " exists already; --overwrite replaces it");
                }
                OutputFile.check(file);
            }
        } catch (IOException e) {
            throw new CommandException("the results cannot be written: " + FileErrors.describe(e), e);
        }
        return new FolderResultWriter(files, format, timed);
    }

    private static void refuseRecording(Path file, List<String> recordings) throws IOException {
        for (String name : recordings) {
            Path recording = Path.of(name);
            if (Files.exists(file) && Files.exists(recording) && Files.isSameFile(file, recording)) {
                throw new CommandException(file + " is a recording to be transcribed and not replaced; another --output-dir is needed");
            }
        }
    }

    @Override
    public void write(String name, FileResult result) {
        result.error().ifPresent(ResultWriter::fail);
        if (result.transcript().isEmpty()) {
            return;
        }
        ResultWriter.warn(result.orThrow());
        Path file = files.get(name);
        ByteBuffer content = ByteBuffer.wrap(format.content(name, result.orThrow(), timed).getBytes(StandardCharsets.UTF_8));
        try {
            OutputFile.write(file, channel -> OutputFile.writeFully(channel, content));
        } catch (IOException e) {
            throw new CommandException(file + " cannot be written: " + FileErrors.reason(e), e);
        }
    }
}
