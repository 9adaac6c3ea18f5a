package dev.locret.hub;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a model comes from: a path of this machine, or a repository of a hub. */
public sealed interface ModelSource {
    /**
     * Parses what a user writes: a local path, or {@code hf:owner/name[@revision][/file]}. A revision is a branch or
     * tag without slash, a commit, or {@code refs/pr/N}; without one it is {@code main}.
     *
     * @throws LocretException {@link ErrorId#INVALID_ARGUMENT} with the text and the part that is wrong
     */
    static ModelSource parse(String text) {
        Checks.notNull("source", text);
        Checks.argument(!text.isBlank(), () -> "source: empty: source='" + text + "'");
        if (text.startsWith(Hub.PREFIX)) {
            return Hub.parse(text);
        }
        Checks.argument(
                !text.contains("://"),
                () -> "source: a URL is neither a path nor " + Hub.SYNTAX + ": source='" + text + "'");
        try {
            return new Local(Path.of(text));
        } catch (InvalidPathException e) {
            throw new LocretException(
                    ErrorId.INVALID_ARGUMENT, "source: not a path (" + e.getReason() + "): source='" + text + "'", e);
        }
    }

    /**
     * A file or directory of this machine.
     *
     * @param path the file or directory, which need not exist yet
     */
    record Local(Path path) implements ModelSource {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * A repository of a hub, or one file of it.
     *
     * @param owner user or organisation
     * @param name repository of that owner
     * @param revision branch, tag, commit or {@code refs/pr/N}
     * @param file path inside the repository; empty for the files of a whole model
     */
    record Hub(String owner, String name, String revision, Optional<String> file) implements ModelSource {
        static final String PREFIX = "hf:";
        static final String SYNTAX = "hf:owner/name[@revision][/file]";
        static final String DEFAULT_REVISION = "main";

        // The revision takes everything up to the next slash; only refs/pr/N may hold slashes itself.
        private static final Pattern GRAMMAR =
                Pattern.compile("hf:([^/@]*)/([^/@]*)(?:@(refs/pr/[0-9]+(?=/|$)|[^/]*))?(?:/(.*))?", Pattern.DOTALL);

        /** Checks every part; see {@link ModelSource#parse}. */
        public Hub {
            check(HubNames.isRepositoryPart(owner), "owner", owner);
            check(HubNames.isRepositoryPart(name), "name", name);
            check(HubNames.isRevision(revision), "revision", revision);
            file.ifPresent(path -> check(HubNames.isFilePath(path), "file", path));
        }

        private static Hub parse(String text) {
            Matcher parts = GRAMMAR.matcher(text);
            Checks.argument(parts.matches(), () -> "source: expected " + SYNTAX + ": source='" + text + "'");
            String revision = parts.group(3) == null ? DEFAULT_REVISION : parts.group(3);
            return new Hub(parts.group(1), parts.group(2), revision, Optional.ofNullable(parts.group(4)));
        }

        private static void check(boolean valid, String part, String value) {
            Checks.argument(
                    valid, () -> "source: invalid " + part + " in " + SYNTAX + ": " + part + "='" + value + "'");
        }

        /** {@code owner/name}, as hubs call it. */
        public String repository() {
            return owner + "/" + name;
        }

        /** As a user writes it. */
        @Override
        public String toString() {
            return at(file.map(path -> "/" + path).orElse(""));
        }

        /** As a user writes it, for one {@code path} of this repository. */
        String describe(String path) {
            return at("/" + path);
        }

        private String at(String suffix) {
            return PREFIX + repository() + (revision.equals(DEFAULT_REVISION) ? "" : "@" + revision) + suffix;
        }
    }
}
