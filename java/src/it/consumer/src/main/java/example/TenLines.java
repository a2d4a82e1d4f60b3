package example;

import dev.parasol.pipeline.Recognizer;
import dev.parasol.pipeline.Transcript;
import java.nio.file.Path;

public class TenLines {
    public static void main(String[] args) {
        try (Recognizer recognizer = Recognizer.builder().model(args[0]).build()) {
            Transcript transcript = recognizer.transcribe(Path.of(args[1]));
            System.out.println(transcript.text());
        }
    }
}
