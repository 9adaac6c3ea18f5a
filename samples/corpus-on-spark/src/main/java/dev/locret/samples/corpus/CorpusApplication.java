package dev.locret.samples.corpus;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What spark-submit starts: asks a question of a corpus, with whatever master and executors it was told. */
@Command(
        name = "corpus-on-spark",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Asks one question of every document of a corpus; a run goes on from where the last one got to.")
public final class CorpusApplication implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--corpus",
            required = true,
            paramLabel = "DIR",
            description = "Directory of UTF-8 texts, one a document, of any file system that Spark reaches.")
    private String corpus;

    @Option(
            names = "--glob",
            defaultValue = "*",
            paramLabel = "PATTERN",
            description = "Names of the documents' files.")
    private String glob;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Directory of Parquet files that answers are added to.")
    private String output;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL",
            description = "A path that all executors have, hf:owner/name, or the name of a file given to --files.")
    private String model;

    @Option(names = "--heads", paramLabel = "HEADS", description = "Retaining heads for the model, as --model.")
    private String heads;

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "auto: the card that Spark assigned to the task, else the CPU; or cpu, cuda, cuda:N.")
    private String device;

    @Option(
            names = "--budget",
            defaultValue = "2048",
            paramLabel = "N",
            description = "Cache entries kept per KV head (default: ${DEFAULT-VALUE}).")
    private int budget;

    @Option(
            names = "--chunk-size",
            defaultValue = "512",
            paramLabel = "N",
            description = "Tokens read at a time (default: ${DEFAULT-VALUE}).")
    private int chunkSize;

    @Option(
            names = "--max-answer",
            defaultValue = "128",
            paramLabel = "N",
            description = "Tokens of an answer (default: ${DEFAULT-VALUE}).")
    private int maxAnswerTokens;

    @Option(
            names = "--max-bytes",
            defaultValue = "33554432",
            paramLabel = "N",
            description = "Longest document that is read (default: ${DEFAULT-VALUE}).")
    private int maxBytes;

    @Option(
            names = "--timeout",
            defaultValue = "0",
            paramLabel = "SECONDS",
            description = "Longest time for a document, 0 for any (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    @Option(
            names = "--documents-per-task",
            defaultValue = "16",
            paramLabel = "N",
            description =
                    "Rows of a Parquet file, and what is asked again if an executor dies (default: ${DEFAULT-VALUE}).")
    private int documentsPerTask;

    @Option(names = "--retry-errors", description = "Ask documents that had an error again, though they are the same.")
    private boolean retryErrors;

    @Option(
            names = "--show",
            defaultValue = "10",
            paramLabel = "N",
            description = "How many of the run's answers to print (default: ${DEFAULT-VALUE}).")
    private int show;

    @Option(names = "--picture", paramLabel = "FILE", description = "Draw which executor was busy when, as SVG.")
    private java.nio.file.Path picture;

    @Parameters(paramLabel = "QUESTION", description = "What to ask of each document.")
    private String question;

    public static void main(String[] arguments) {
        int code = commandLine().execute(arguments);
        if (SparkSession.getDefaultSession().isDefined()) {
            SparkSession.getDefaultSession().get().stop();
        }
        System.exit(code);
    }

    static CommandLine commandLine() {
        return new CommandLine(new CorpusApplication()).setExecutionExceptionHandler((failure, line, parsed) -> {
            line.getErr().println("failed: " + Failures.inShort(failure));
            line.getErr().println("What was answered is kept; run it again to go on.");
            return 1;
        });
    }

    @Override
    public Integer call() throws IOException {
        check(!question.isBlank(), "the question is blank");
        check(documentsPerTask > 0, "--documents-per-task is less than 1: " + documentsPerTask);
        check(maxBytes > 0, "--max-bytes is less than 1: " + maxBytes);
        check(timeoutSeconds >= 0, "--timeout is less than 0: " + timeoutSeconds);
        SparkSession spark = SparkSession.builder().appName("corpus-on-spark").getOrCreate();
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        Path root = qualified(corpus, hadoop);
        Path target = qualified(output, hadoop);
        FileSystem files = root.getFileSystem(hadoop);
        check(files.exists(root) && files.getFileStatus(root).isDirectory(), "not a directory: " + root);
        check(!inside(target, root) && !inside(root, target), "--output and --corpus lie in each other: " + target);

        ExecutorLog executors = new ExecutorLog();
        spark.sparkContext().addSparkListener(executors);
        Results results = new Results(spark, target.toString());
        String run = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
        Summary summary = new CorpusJob(
                        new Corpus(root.toString(), glob, maxBytes, new SerializableConfiguration(hadoop)),
                        results,
                        question,
                        new Settings(
                                shared(model),
                                heads == null ? null : shared(heads),
                                device,
                                budget,
                                chunkSize,
                                maxAnswerTokens,
                                maxBytes,
                                timeoutSeconds),
                        documentsPerTask,
                        retryErrors)
                .run(run);
        PrintWriter out = spec.commandLine().getOut();
        out.println(summary);
        executors.lost().keySet().forEach(name -> out.println("executor " + name + " was lost on the way"));
        for (Row row : results.ofRun(run).orderBy("document").limit(show).collectAsList()) {
            String error = row.getAs("error");
            out.println(row.getAs("document") + ": " + (error == null ? row.getAs("answer") : "(" + error + ")"));
        }
        if (picture != null && summary.asked() > 0) {
            Files.writeString(picture, Timeline.of(results.ofRun(run), executors.lost()));
        }
        return 0;
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private static Path qualified(String directory, Configuration hadoop) throws IOException {
        Path path = new Path(directory);
        return path.getFileSystem(hadoop).makeQualified(path);
    }

    /** Executors have another working directory, so that what is here by a relative path would not be there. */
    private static String shared(String file) {
        return file.startsWith("hf:")
                ? file
                : java.nio.file.Path.of(file).toAbsolutePath().normalize().toString();
    }

    private static boolean inside(Path inner, Path outer) {
        return (inner + "/").startsWith(outer + "/");
    }
}
