package dev.parasol.files;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a file could not be used, in words for a user. Java's own exceptions often say no more than the file's name, or
 * nothing at all.
 */
public final class FileErrors {
    /** {@code FILE (Permission denied)}, as the classes of java.io word it. */
    private static final Pattern SYSTEM_REASON = Pattern.compile("\\(([^()]+)\\)$");
    /** Stands in a name for bytes that the locale's encoding does not know. */
    private static final char REPLACEMENT = '\ufffd';

    private static final String ENCODING = "does not exist by this name, in which '" + REPLACEMENT + "' stands for bytes that are not "
            + System.getProperty("sun.jnu.encoding") + ", the encoding of the locale: rename the file, or set LC_ALL to a locale of its encoding"
            + " (C.UTF-8 for UTF-8)";

    private FileErrors() {}

    /** The reason alone, to stand behind a colon: {@code permission denied}. */
    public static String reason(IOException failure) {
        if (failure instanceof ClosedByInterruptException) {
            return "the thread was interrupted";
        }
        if (failure instanceof CharacterCodingException) {
            return "it is not UTF-8 text";
        }
        if (failure instanceof FileSystemException e) {
            return reason(e);
        }
        String message = failure.getMessage();
        if (failure instanceof FileNotFoundException && message != null) {
            Matcher system = SYSTEM_REASON.matcher(message);
            return system.find() ? lower(system.group(1)) : message;
        }
        if (message == null || message.isBlank()) {
            return failure instanceof EOFException ? "it ends too early" : failure.getClass().getSimpleName();
        }
        return lower(message);
    }

    /** A whole message: the file, where the failure names one, and the reason. */
    public static String describe(IOException failure) {
        String file = failure instanceof FileSystemException e ? e.getFile() : null;
        return file == null ? reason(failure) : file + ": " + reason(failure);
    }

    private static String reason(FileSystemException failure) {
        if (failure instanceof NoSuchFileException) {
            return "it does not exist";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof DirectoryNotEmptyException) {
            return "the folder is not empty";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "it exists already";
        }
        if (failure instanceof NotDirectoryException) {
            return "it is not a folder";
        }
        if (failure instanceof FileSystemLoopException) {
            return "its links lead in a circle";
        }
        return failure.getReason() == null ? failure.getClass().getSimpleName() : lower(failure.getReason());
    }

    /**
     * What to say behind the name of a file that is not found: {@code does not exist}, or what hides it: a folder that may
     * not be searched, or a name in another encoding.
     */
    public static String absent(Path file) {
        try {
            Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return file.toString().indexOf(REPLACEMENT) < 0 ? "does not exist" : ENCODING;
        } catch (IOException e) {
            return "cannot be reached: " + reason(e);
        }
        return "does not exist";    // it came meanwhile
    }

    /** A file's name for a message: itself, or {@code ''} when it is empty. */
    public static String name(Path file) {
        return file.toString().isEmpty() ? "''" : file.toString();
    }

    private static String lower(String text) {
        boolean word = text.length() > 1 && Character.isLowerCase(text.charAt(1));
        return word ? text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1) : text;
    }
}
