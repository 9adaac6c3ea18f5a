package dev.locret.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.locret.cli.LocretCli;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Commands that pages show: those of ours are understood, scripts are there. */
class CommandSnippetsTest {
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    /** Lines of commands, with those that a backslash continues. */
    private static List<String> commands(String begin) {
        return Snippet.of("").stream()
                .flatMap(snippet -> Arrays.stream(
                        snippet.text().replaceAll("\\\\\n\\s*", " ").split("\n")))
                .filter(line -> line.matches(begin + ".*"))
                .map(line -> line.replaceAll("\\s+# .*", ""))
                .toList();
    }

    private static String[] words(String command) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(command);
        while (matcher.find()) {
            words.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
        }
        return words.toArray(String[]::new);
    }

    @Test
    void theCommandLineUnderstandsAllOfIts() {
        // What follows a colon is an error message of the command line.
        assertThat(commands("locret [^:]")).hasSizeGreaterThanOrEqualTo(8).allSatisfy(command -> {
            String[] words = words(command);
            CommandLine line = LocretCli.commandLine();
            assertThatCode(() -> line.parseArgs(Arrays.copyOfRange(words, 1, words.length)))
                    .as(command)
                    .doesNotThrowAnyException();
        });
    }

    @Test
    void whatItDoesNotUnderstandIsFound() {
        assertThatCode(() -> LocretCli.commandLine().parseArgs(words("ask --model M --no-such-option 1")))
                .isInstanceOf(CommandLine.ParameterException.class)
                .hasMessageContaining("--no-such-option");
    }

    @Test
    void scriptsAreThere() {
        assertThat(commands("(samples|\\.ci)/")).hasSizeGreaterThanOrEqualTo(5).allSatisfy(command -> {
            Path script = Repository.ROOT.resolve(words(command)[0]);
            assertThat(Files.isExecutable(script)).as(command).isTrue();
        });
    }
}
