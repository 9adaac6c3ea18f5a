package dev.locret.samples.corpus;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;

/** Rows of {@link Rows#ANSWER} in a directory of Parquet files, to which runs add. */
record Results(SparkSession spark, String directory) {

    /** Every row that there is, also of documents that have changed since. */
    Dataset<Row> all() throws IOException {
        Path path = new Path(directory);
        // With the schema given, files are not needed to infer it: there may be none yet.
        return path.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(path)
                ? spark.read().schema(Rows.ANSWER).parquet(directory)
                : spark.createDataFrame(List.of(), Rows.ANSWER);
    }

    /** For each document, question and model the row that was made last. */
    Dataset<Row> latest() throws IOException {
        return all().withColumn(
                        "age",
                        row_number()
                                .over(Window.partitionBy("document", "question", "model")
                                        .orderBy(col("started").desc())))
                .where(col("age").equalTo(1))
                .drop("age");
    }

    Dataset<Row> ofRun(String run) throws IOException {
        return all().where(col("run").equalTo(run));
    }

    void add(Dataset<Row> rows) {
        rows.write()
                .mode(SaveMode.Append)
                // A task's file is there to stay as soon as the task ends, not only when all have: what was answered
                // before the
                // driver died is not asked again. Rows stand for themselves, so that part of a run is as good as all of
                // it.
                .option("mapreduce.fileoutputcommitter.algorithm.version", "2")
                .parquet(directory);
    }
}
