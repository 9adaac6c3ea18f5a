package dev.locret.hub;

import java.util.regex.Pattern;

/** Which names may become a part of a URL or of a path under the cache. */
final class HubNames {
    private static final int LONGEST_PATH = 1024;
    private static final Pattern REPOSITORY_PART = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?");
    private static final Pattern REVISION = Pattern.compile("refs/pr/[0-9]{1,9}|[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    private HubNames() {}

    /** Whether {@code text} can name an owner or a repository; {@code --} separates the two in the cache. */
    static boolean isRepositoryPart(String text) {
        return REPOSITORY_PART.matcher(text).matches() && !text.contains("..") && !text.contains("--");
    }

    /** Whether {@code text} is a branch or tag without slash, a commit, or {@code refs/pr/N}. */
    static boolean isRevision(String text) {
        return REVISION.matcher(text).matches() && !text.contains("..");
    }

    /** Whether {@code text} is a full commit id, which never moves. */
    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /** Whether {@code text} is a relative path with {@code /} that cannot leave its directory on any system. */
    static boolean isFilePath(String text) {
        if (text.length() > LONGEST_PATH || text.chars().anyMatch(HubNames::isForbidden)) {
            return false;
        }
        for (String part : text.split("/", -1)) {
            if (part.isBlank() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return true;
    }

    /** A colon names a drive or a stream on Windows, where a backslash separates too. */
    private static boolean isForbidden(int character) {
        return character == '\\' || character == ':' || Character.isISOControl(character);
    }
}
