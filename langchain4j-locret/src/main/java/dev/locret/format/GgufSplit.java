package dev.locret.format;

import dev.locret.common.ErrorId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files of a model that was split as {@code NAME-00001-of-00003.gguf}. */
final class GgufSplit {
    private static final Pattern NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf", Pattern.DOTALL);
    private static final int NAMED_AT_MOST = 20;

    private GgufSplit() {}

    /** All files of the split that {@code path}, one of them, belongs to; all of them exist. */
    static List<Path> files(Path path, long count) {
        Path directory = path.toAbsolutePath().getParent();
        Matcher name = NAME.matcher(path.getFileName().toString());
        if (!name.matches() || Long.parseLong(name.group(3)) != count) {
            throw FormatErrors.damaged(
                    GgufReader.FORMAT,
                    "file is one of " + count + " of a split model, but is not named NAME-0000N-of-"
                            + String.format("%05d", count) + ".gguf",
                    path);
        }
        List<Path> files = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (long i = 1; i <= count; i++) {
            Path file = directory.resolve(String.format("%s-%05d-of-%05d.gguf", name.group(1), i, count));
            if (!Files.isRegularFile(file)) {
                missing.add(file.getFileName().toString());
            }
            files.add(file);
        }
        refuseMissing(GgufReader.FORMAT, missing, count, path);
        return files;
    }

    /** Fails if files of a model are absent, and lists them. */
    static void refuseMissing(String format, List<String> missing, long count, Path path) {
        if (!missing.isEmpty()) {
            int named = Math.min(missing.size(), NAMED_AT_MOST);
            String more = missing.size() > named ? " and " + (missing.size() - named) + " more" : "";
            throw FormatErrors.error(
                    ErrorId.FILE_NOT_READABLE,
                    format,
                    missing.size() + " of " + count + " files of the model are missing: "
                            + String.join(", ", missing.subList(0, named)) + more,
                    path);
        }
    }

    /** Whether {@code name} is the name of a shard other than the first. */
    static boolean isLaterShard(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() && !matcher.group(2).equals("00001");
    }
}
