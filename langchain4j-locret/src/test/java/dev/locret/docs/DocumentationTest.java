package dev.locret.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.common.ErrorId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages promise about the code, and about each other. */
class DocumentationTest {
    private static final Path TROUBLESHOOTING = Repository.ROOT.resolve("docs/troubleshooting.md");
    private static final Pattern SECTION = Pattern.compile("(?m)^## `(.+)`$");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+Test)`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]+?)(?:#([^)]*))?\\)");

    @Test
    void everyErrorHasItsSectionAndNoSectionIsLeftOver() {
        assertThat(sections())
                .containsExactlyElementsOf(
                        Arrays.stream(ErrorId.values()).map(ErrorId::id).toList());
    }

    @Test
    void everySectionShowsAMessageAndSaysWhatToDo() {
        String[] parts = SECTION.split(Repository.read(TROUBLESHOOTING));
        assertThat(Stream.of(parts).skip(1)).hasSameSizeAs(ErrorId.values()).allSatisfy(part -> assertThat(part)
                .contains("\n```\n", "\n**What to do.** "));
    }

    @Test
    void linksBetweenPagesLeadSomewhere() {
        List<Path> pages = Stream.concat(
                        Stream.of("README.md", "CONTRIBUTING.md").map(Repository.ROOT::resolve),
                        Repository.files(".md").stream()
                                .filter(f -> f.toString().matches(".*/(docs|samples)/.*"))
                                .filter(f -> !f.toString().contains("/src/")))
                .toList();
        assertThat(pages).hasSizeGreaterThanOrEqualTo(4).allSatisfy(page -> assertThat(targets(page))
                .allSatisfy(target -> assertThat(Files.exists(page.resolveSibling(target)))
                        .as("%s links to %s", Repository.ROOT.relativize(page), target)
                        .isTrue()));
    }

    @Test
    void testsThatPagesNameExist() {
        Set<String> tests = Repository.files("Test.java").stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        List<String> named = Repository.files(".md").stream()
                .flatMap(page -> TEST.matcher(Repository.read(page)).results())
                .map(match -> match.group(1))
                .toList();
        assertThat(named).hasSizeGreaterThan(10);
        assertThat(tests).containsAll(named);
    }

    private static List<String> sections() {
        return SECTION.matcher(Repository.read(TROUBLESHOOTING))
                .results()
                .map(m -> m.group(1))
                .toList();
    }

    private static List<String> targets(Path page) {
        return LINK.matcher(Repository.read(page))
                .results()
                .map((MatchResult m) -> m.group(1))
                .filter(target -> !target.contains("://"))
                .toList();
    }
}
