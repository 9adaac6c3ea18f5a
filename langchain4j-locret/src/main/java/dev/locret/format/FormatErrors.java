package dev.locret.format;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Errors of model files, all in the form {@code format: what is wrong: path}. */
final class FormatErrors {
    private FormatErrors() {}

    static LocretException damaged(String format, String what, Path path) {
        return error(ErrorId.FILE_DAMAGED, format, what, path);
    }

    static LocretException unsupported(String format, String what, Path path) {
        return error(ErrorId.FILE_UNSUPPORTED, format, what, path);
    }

    static LocretException unsupportedModel(String format, String what, Path path) {
        return error(ErrorId.MODEL_UNSUPPORTED, format, what, path);
    }

    static LocretException error(ErrorId id, String format, String what, Path path) {
        return new LocretException(id, format + ": " + what + ": " + path);
    }

    static LocretException notReadable(Path path, IOException cause) {
        String what = "cannot be read (" + cause.getMessage() + ")";
        if (cause instanceof NoSuchFileException) {
            what = "does not exist";
        } else if (cause instanceof AccessDeniedException) {
            what = "cannot be read (permission denied)";
        }
        return new LocretException(ErrorId.FILE_NOT_READABLE, "file: " + what + ": " + path, cause);
    }

    /** The text of a file in a message: cut to what fits on a line, control characters made visible. */
    static String quote(String text) {
        String cut = text.length() > 100 ? text.substring(0, 100) + "…" : text;
        return "'" + cut.replaceAll("\\p{Cntrl}", "?") + "'";
    }
}
