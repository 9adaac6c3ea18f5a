package dev.locret.docs;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A fenced block of a page.
 *
 * @param page where it stands
 * @param language what follows the fence, may be empty
 * @param text the lines between the fences
 */
record Snippet(Path page, String language, String text) {
    private static final Pattern FENCED = Pattern.compile("(?ms)^```(\\S*)\n(.*?)^```$");

    /** Those of all pages that tell how to use this project. */
    static List<Snippet> all() {
        return pages().stream()
                .flatMap(page -> FENCED.matcher(Repository.read(page))
                        .results()
                        .map(block -> new Snippet(page, block.group(1), block.group(2))))
                .toList();
    }

    static List<Snippet> of(String language) {
        return all().stream()
                .filter(snippet -> snippet.language.equals(language))
                .toList();
    }

    private static List<Path> pages() {
        return Repository.files(".md").stream()
                .filter(file -> !Repository.ROOT.relativize(file).toString().contains("/src/"))
                .toList();
    }
}
