package dev.locret.samples.corpus;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import org.apache.spark.sql.types.StructType;

/** Columns of what goes from step to step. */
final class Rows {
    /** A file of the corpus: its name below the corpus, and the hash of what it holds, null if it is not read. */
    static final StructType FILE = new StructType()
            .add("document", StringType)
            .add("path", StringType)
            .add("bytes", LongType)
            .add("sha256", StringType);

    /** What the Parquet files hold. Either {@code answer} or {@code error} is null. */
    static final StructType ANSWER = new StructType()
            .add("document", StringType)
            .add("bytes", LongType)
            .add("sha256", StringType)
            .add("question", StringType)
            .add("model", StringType)
            .add("answer", StringType)
            .add("error", StringType)
            .add("tokens_read", IntegerType)
            .add("entries_kept", IntegerType)
            .add("tokens_answered", IntegerType)
            .add("run", StringType)
            .add("executor", StringType)
            .add("host", StringType)
            .add("device", StringType)
            .add("started", TimestampType)
            .add("millis", LongType);

    private Rows() {}
}
