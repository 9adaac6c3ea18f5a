package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/locret}, in a copy of the module's layout and with a Java that only tells how it was called. */
class LauncherTest {
    @TempDir
    private Path directory;

    private Path script;
    private Path target;
    private Path java;

    @BeforeEach
    void layOut() throws IOException {
        Path module = Files.createDirectories(directory.resolve("my module"));
        script = Files.createDirectories(module.resolve("bin")).resolve("locret");
        Files.copy(Path.of("bin", "locret").toAbsolutePath(), script);
        target = Files.createDirectories(module.resolve("target"));
        java = Files.createDirectories(directory.resolve("jdk/bin")).resolve("java");
    }

    @Test
    void startsTheBuiltJarWithItsLibraries() throws Exception {
        build();
        fakeJava("17.0.15");
        Run run = run(Map.of("LOCRET_JAVA_OPTS", "-Xmx8g -Dx=y"), "ask", "two words", "");
        assertThat(run.status).isZero();
        assertThat(run.lines)
                .containsSubsequence(
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-XX:MaxRAMPercentage=70",
                        "-Xmx8g",
                        "-Dx=y",
                        "-cp",
                        target.resolve("langchain4j-locret-9.jar") + ":" + target.resolve("lib/*"),
                        "dev.locret.cli.LocretCli",
                        "ask",
                        "two words",
                        "");
        assertThat(run.lines).doesNotContain("--enable-native-access=ALL-UNNAMED");
        fakeJava("25");
        assertThat(run(Map.of(), "chat").lines).contains("--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void goesOnWithoutTheVectorModule() throws Exception {
        build();
        fakeJava("21.0.8", "--add-modules");
        Run run = run(Map.of(), "chat");
        assertThat(run.lines).doesNotContain("--add-modules").endsWith("dev.locret.cli.LocretCli", "chat");
    }

    @Test
    void worksThroughALink() throws Exception {
        build();
        fakeJava("21.0.1");
        script = Files.createSymbolicLink(directory.resolve("link"), Path.of("my module/bin/locret"));
        assertThat(run(Map.of(), "chat").lines).contains("dev.locret.cli.LocretCli");
    }

    @Test
    void saysHowToBuild() throws Exception {
        fakeJava("17.0.15");
        Run run = run(Map.of(), "chat");
        assertThat(run.status).isEqualTo(1);
        assertThat(run.lines)
                .containsExactly("locret: not-built: no jar and lib in " + target + "; run: (cd '" + target.getParent()
                        + "/..' && mvn -q -DskipTests package)");
    }

    @Test
    void refusesAnOldJava() throws Exception {
        build();
        fakeJava("1.8.0_392");
        Run run = run(Map.of(), "chat");
        assertThat(run.status).isEqualTo(1);
        assertThat(run.lines).containsExactly("locret: java-too-old: " + java + " is version 1, needed 17 or later");
        Files.delete(java);
        assertThat(run(Map.of(), "chat").lines)
                .containsExactly("locret: java-missing: JAVA_HOME=" + directory.resolve("jdk") + " has no bin/java");
    }

    /** Windows is not among the machines that run these tests: at least the two scripts may not drift apart. */
    @Test
    void bothScriptsGiveJavaTheSameOptions() throws Exception {
        String unix = Files.readString(script);
        String windows = Files.readString(Path.of("bin", "locret.cmd").toAbsolutePath());
        assertThat(options(windows)).isEqualTo(options(unix)).hasSizeGreaterThan(6);
    }

    private static Set<String> options(String script) {
        return Pattern.compile("(?<=[\\s\"=])-(-add|-enable|X|D)[^\\s\"%]+")
                .matcher(script)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void build() throws IOException {
        Files.createDirectories(target.resolve("lib"));
        Files.createFile(target.resolve("langchain4j-locret-9.jar"));
        Files.createFile(target.resolve("langchain4j-locret-9-sources.jar"));
    }

    private void fakeJava(String version) throws IOException {
        fakeJava(version, "nothing is unknown");
    }

    /** A Java that refuses arguments which begin with {@code unknown}. */
    private void fakeJava(String version, String unknown) throws IOException {
        Files.writeString(java, """
                #!/bin/sh
                case "$*" in '%s'*) echo 'java.lang.module.FindException' >&2; exit 1 ;; esac
                case "$*" in *-version) echo 'openjdk version "%s" 2025-04-15' >&2; exit 0 ;; esac
                printf '%%s\\n' "$@"
                """.formatted(unknown, version));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private record Run(int status, List<String> lines) {}

    private Run run(Map<String, String> environment, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", script.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("LOCRET_JAVA_OPTS");
        builder.environment().put("JAVA_HOME", directory.resolve("jdk").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // Not lines(): an empty argument is an empty last line.
        List<String> lines =
                List.of(output.substring(0, Math.max(0, output.length() - 1)).split("\n", -1));
        return new Run(process.waitFor(), lines);
    }
}
