package dev.parasol.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process of its own, since one process can use one kind of device only. */
public final class Child {
    private static final long TIMEOUT_MINUTES = 20;

    private Child() {}

    /** How a process ended and what it wrote. */
    public record Result(int exit, String out, String err) {
        /** The result itself; an exception with what the process wrote when it failed. */
        public Result orThrow(String what) {
            if (exit != 0) {
                throw new IllegalStateException(what + " ended with " + exit + ": " + err.strip() + " " + out.strip());
            }
            return this;
        }
    }

    /** Runs a main class of this program in another Java virtual machine of the same kind. */
    public static Result java(Map<String, String> environment, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(javaProgram(), "-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        return run(environment, command);
    }

    /** Runs a jar. */
    public static Result jar(Map<String, String> environment, Path jar, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(javaProgram(), "-jar", jar.toString()));
        command.addAll(arguments);
        return run(environment, command);
    }

    private static String javaProgram() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static Result run(Map<String, String> environment, List<String> command) {
        try {
            Path out = Files.createTempFile("parasol-child", ".out");
            Path err = Files.createTempFile("parasol-child", ".err");
            try {
                ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(command + " did not end within " + TIMEOUT_MINUTES + " minutes");
                }
                return new Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot run " + command.get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + command.get(0), e);
        }
    }
}
