package dev.locret.samples.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs over one corpus, one after another, on two executors of one core each, with the demo model. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CorpusIT {
    private static final String QUESTION = "Which town is this about?";
    private static final List<String> TOWNS =
            List.of("Lisbon", "Riga", "Turin", "Ghent", "Porto", "Malmo", "Basel", "Bergen");
    private static final Map<String, String> UNREADABLE = new TreeMap<>(Map.of(
            "empty.txt", "empty",
            "latin1.txt", "not UTF-8 text",
            "long.txt", "longer than 1000 bytes",
            "picture.txt", "binary: it has a byte of 0"));

    @TempDir
    private static Path directory;

    private static SparkSession spark;
    private static final ExecutorLog EXECUTORS = new ExecutorLog();

    @BeforeAll
    static void start() throws IOException {
        Path corpus = Files.createDirectories(directory.resolve("corpus/more towns"));
        for (String town : TOWNS) {
            Files.writeString(
                    (town.compareTo("M") < 0 ? corpus : corpus.getParent()).resolve(town + ".txt"),
                    "The market of " + town + " opens at seven. In " + town + " the ferry leaves at noon.");
        }
        Files.createFile(corpus.resolveSibling("empty.txt"));
        Files.write(corpus.resolveSibling("latin1.txt"), "Zürich".getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(corpus.resolveSibling("long.txt"), "long ".repeat(201));
        Files.write(corpus.resolveSibling("picture.txt"), new byte[] {1, 0, 2});
        Files.writeString(corpus.resolveSibling("notes.md"), "no document, by its name");
        Files.writeString(corpus.resolveSibling(".hidden.txt"), "nor this");

        spark = SparkSession.builder()
                .master("local-cluster[2,1,1024]")
                .config("spark.jars", System.getProperty("corpus.jar"))
                // The heads come to the executors by Spark, the model by a path that is theirs too.
                .config("spark.files", System.getProperty("corpus.heads"))
                .config("spark.ui.enabled", false)
                .config("spark.log.level", "ERROR")
                // Little data: what makes Spark fast with much of it costs more here than it gives.
                .config("spark.sql.adaptive.enabled", false)
                .config("spark.sql.shuffle.partitions", 1)
                .config("spark.sql.codegen.wholeStage", false)
                .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
                .config("spark.executor.extraJavaOptions", "-XX:+UseSerialGC")
                .getOrCreate();
        spark.sparkContext().addSparkListener(EXECUTORS);
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    /** @return what it printed, with a code of 0 */
    private static String run(String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                "--corpus", directory.resolve("corpus").toString(),
                "--glob", "*.txt",
                "--output", directory.resolve("answers").toString(),
                "--model", System.getProperty("corpus.model"),
                "--heads",
                        Path.of(System.getProperty("corpus.heads"))
                                .getFileName()
                                .toString(),
                "--max-bytes", "1000",
                "--max-answer", "8",
                "--budget", "512",
                "--chunk-size", "128",
                "--documents-per-task", "1",
                "--show", "20"));
        arguments.addAll(List.of(options));
        arguments.add(QUESTION);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = CorpusApplication.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        return out.toString();
    }

    private static long files() throws IOException {
        Path answers = directory.resolve("answers");
        if (!Files.exists(answers)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(answers)) {
            return files.filter(file -> file.toString().endsWith(".parquet")).count();
        }
    }

    /** Waits for three answers, then takes one of the two executors away. @return how many answers there were */
    private static long kill() {
        try {
            while (files() < 3) {
                Thread.sleep(20);
            }
            ProcessHandle executor = ProcessHandle.current()
                    .descendants()
                    .filter(process -> process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
                    .findFirst()
                    .orElseThrow();
            executor.destroyForcibly();
            return files();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Row> rows() throws IOException {
        return new Results(spark, directory.resolve("answers").toString()).all().collectAsList();
    }

    @Test
    @Order(1)
    void everyDocumentHasOneRowThoughAnExecutorIsKilled() throws Exception {
        CompletableFuture<Long> killed = CompletableFuture.supplyAsync(CorpusIT::kill);
        String printed = run("--picture", System.getProperty("corpus.picture"));
        assertThat(killed.get()).isLessThan(12);
        assertThat(EXECUTORS.lost()).hasSize(1);
        String lost = EXECUTORS.lost().keySet().iterator().next();
        assertThat(printed)
                .contains("12 documents: 0 were answered before, 12 asked now, 4 of them with an error")
                .contains("executor " + lost + " was lost on the way")
                .contains("empty.txt: (empty)");

        List<Row> rows = rows();
        assertThat(rows)
                .extracting(row -> row.getAs("document"))
                .doesNotHaveDuplicates()
                .hasSize(12);
        Map<String, String> errors = new TreeMap<>();
        for (Row row : rows) {
            if (row.getAs("error") != null) {
                errors.put(row.getAs("document"), row.getAs("error"));
                assertThat(row.<String>getAs("answer")).isNull();
            } else {
                String town = row.<String>getAs("document").replaceAll(".*/|\\.txt", "");
                assertThat(row.<String>getAs("answer")).contains(town);
                assertThat(row.<Integer>getAs("tokens_read")).isPositive();
                assertThat(row.<String>getAs("model")).isEqualTo(modelName());
                assertThat(row.<String>getAs("device")).isEqualTo("auto");
            }
        }
        assertThat(errors).isEqualTo(UNREADABLE);
        assertThat(rows).extracting(row -> row.<String>getAs("document")).contains("more towns/Basel.txt", "Riga.txt");
        assertThat(Files.readString(Path.of(System.getProperty("corpus.picture"))))
                .contains("12 documents in", ">executor " + lost + "<", ">lost<");
    }

    private static String modelName() {
        return Path.of(System.getProperty("corpus.model")).getFileName().toString();
    }

    @Test
    @Order(2)
    void aSecondRunAsksNothing() throws Exception {
        long before = files();
        assertThat(run()).startsWith("12 documents: 12 were answered before, 0 asked now, 0 of them with an error");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    @Order(3)
    void aChangedDocumentIsAskedAgain() throws Exception {
        Path riga = directory.resolve("corpus/Riga.txt");
        String before = Files.readString(riga);
        // Of the same length, so that only the hash can tell.
        Files.writeString(riga, before.replace("Riga", "Oslo"));
        assertThat(run()).startsWith("12 documents: 11 were answered before, 1 asked now, 0 of them with an error");
        Results results = new Results(spark, directory.resolve("answers").toString());
        assertThat(results.latest().count()).isEqualTo(12);
        assertThat(results.latest().where("document = 'Riga.txt'").first().<String>getAs("answer"))
                .contains("Oslo");

        Files.writeString(riga, before);
        assertThat(run()).contains(" 1 asked now,");
        assertThat(results.all().where("document = 'Riga.txt'").count()).isEqualTo(3);
    }

    @Test
    @Order(4)
    void errorsAreAskedAgainOnlyIfWanted() throws Exception {
        Files.writeString(directory.resolve("corpus/long.txt"), "A short text about Vienna.");
        assertThat(run("--retry-errors"))
                .startsWith("12 documents: 8 were answered before, 4 asked now, 3 of them with an error")
                .contains("long.txt: ");
        assertThat(run()).contains(" 0 asked now,");
    }

    @Test
    @Order(5)
    void placesThatCannotBeAreRefused() {
        StringWriter err = new StringWriter();
        String corpus = directory.resolve("corpus").toString();
        for (String[] places : new String[][] {{corpus, corpus + "/answers"}, {corpus + "/Riga.txt", "/elsewhere"}}) {
            assertThat(CorpusApplication.commandLine()
                            .setErr(new PrintWriter(err, true))
                            .execute("--corpus", places[0], "--output", places[1], "--model", "m", QUESTION))
                    .isEqualTo(2);
        }
        assertThat(err.toString())
                .contains("--output and --corpus lie in each other: file:" + corpus + "/answers")
                .contains("not a directory: file:" + corpus + "/Riga.txt");
    }

    @Test
    @Order(6)
    void aModelThatIsNotThereFailsTheJobWithItsName() {
        StringWriter err = new StringWriter();
        int code = CorpusApplication.commandLine()
                .setErr(new PrintWriter(err, true))
                .execute(
                        "--corpus",
                        directory.resolve("corpus").toString(),
                        "--output",
                        directory.resolve("other").toString(),
                        "--model",
                        "/nowhere/model.gguf",
                        QUESTION);
        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).startsWith("failed: ").contains("no such file or directory: /nowhere/model.gguf");
        assertThat(err.toString()).doesNotContain("\tat ");
    }
}
