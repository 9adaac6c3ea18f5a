package dev.locret.samples.corpus;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Asks one question of every document of which the results do not know yet what it answers, as it is now.
 *
 * @param documentsPerTask how many documents an executor's death can cost, and how many rows a file has
 * @param retryErrors whether documents that had an error are asked again though they have not changed
 */
record CorpusJob(
        Corpus corpus, Results results, String question, Settings settings, int documentsPerTask, boolean retryErrors) {

    /** @param run names this run in the rows that it makes */
    Summary run(String run) throws IOException {
        List<Row> files = corpus.list();
        List<Row> open = files.isEmpty() ? files : unanswered(corpus.hashed(spread(files, filesPerTask(files.size()))));
        if (!open.isEmpty()) {
            results.add(spread(open, documentsPerTask)
                    .mapPartitions(new Asker(corpus, question, settings, run), Encoders.row(Rows.ANSWER)));
        }
        long errors = results.ofRun(run).where(col("error").isNotNull()).count();
        return new Summary(files.size(), open.size(), errors);
    }

    /**
     * Those that are not as they were when they were last asked. The list comes to the driver, which hands it out again. So asking is
     * one stage that depends on no other: an executor that dies takes with it what it was asking, and no part of the list.
     */
    private List<Row> unanswered(Dataset<Row> files) throws IOException {
        Dataset<Row> answered = results.latest()
                .where(col("question").equalTo(question).and(col("model").equalTo(settings.modelName())));
        if (retryErrors) {
            answered = answered.where(col("error").isNull());
        }
        return files.join(
                        answered,
                        files.col("document")
                                .equalTo(answered.col("document"))
                                .and(files.col("bytes").equalTo(answered.col("bytes")))
                                .and(files.col("sha256").eqNullSafe(answered.col("sha256"))),
                        "left_anti")
                .orderBy("document")
                .collectAsList();
    }

    private Dataset<Row> spread(List<Row> files, int filesPerTask) {
        SparkSession spark = results.spark();
        int tasks = (files.size() - 1) / filesPerTask + 1;
        return spark.createDataFrame(
                JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(files, tasks), Rows.FILE);
    }

    /** Hashing is quick: a few tasks for each core are enough. */
    private int filesPerTask(int files) {
        return files / (4 * results.spark().sparkContext().defaultParallelism()) + 1;
    }
}
