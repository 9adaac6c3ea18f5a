package dev.locret.samples.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The files below a directory of any file system that Spark reaches. Spark's own sources of files are no help here: they leave out
 * empty ones, and one that cannot be read fails the whole job.
 *
 * @param root the directory, as a whole URI
 * @param glob pattern of the files' names
 */
record Corpus(String root, String glob, int maxBytes, SerializableConfiguration hadoop) implements Serializable {

    /** Rows of {@link Rows#FILE} without hashes, in order of name; as Hadoop's tools do, without names that begin with . or _. */
    List<Row> list() throws IOException {
        GlobFilter names = new GlobFilter(glob);
        Path directory = new Path(root);
        FileSystem files = directory.getFileSystem(hadoop.value());
        List<Row> found = new ArrayList<>();
        for (RemoteIterator<LocatedFileStatus> each = files.listFiles(directory, true); each.hasNext(); ) {
            LocatedFileStatus file = each.next();
            String path = file.getPath().toString();
            String document = path.substring(root.length() + 1);
            if (names.accept(file.getPath()) && !("/" + document).matches(".*/[._].*")) {
                found.add(RowFactory.create(document, path, file.getLen(), null));
            }
        }
        found.sort(Comparator.comparing(row -> row.getAs(0)));
        return found;
    }

    /** Reads all of the files, to add the hashes of what they hold. */
    Dataset<Row> hashed(Dataset<Row> files) {
        return files.map((MapFunction<Row, Row>) this::hashed, Encoders.row(Rows.FILE));
    }

    private Row hashed(Row file) {
        String sha256;
        try {
            sha256 = DocumentText.sha256(read(file));
        } catch (UnreadableException e) {
            sha256 = null;
        }
        return RowFactory.create(file.getAs("document"), file.getAs("path"), file.getAs("bytes"), sha256);
    }

    byte[] read(Row file) throws UnreadableException {
        if (file.<Long>getAs("bytes") > maxBytes) {
            throw DocumentText.tooLong(maxBytes);
        }
        Path path = new Path(file.<String>getAs("path"));
        try (InputStream in = path.getFileSystem(hadoop.value()).open(path)) {
            return DocumentText.read(in, maxBytes);
        } catch (IOException e) {
            throw new UnreadableException("cannot be read: " + e.getMessage());
        }
    }
}
