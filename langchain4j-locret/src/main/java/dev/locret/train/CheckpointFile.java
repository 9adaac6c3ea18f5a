package dev.locret.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.backend.Backend;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.TrainingOperations;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.format.FileReplacement;
import dev.locret.train.TrainedHeads.Parameter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A checkpoint on disk: magic, version, length and JSON of the header; then for each layer weight, mean and mean square of
 * {@code fc1} and of {@code fc2} as floats. Little-endian; the CRC-32C of a section follows it.
 */
final class CheckpointFile {
    private static final byte[] MAGIC = "LOCRETTR".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int PREFIX = MAGIC.length + 8;
    /** A header grows by about 150 bytes a step. */
    private static final int MAX_HEADER = 1 << 28;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path path;

    CheckpointFile(Path path) {
        this.path = path;
    }

    boolean exists() {
        return Files.exists(path);
    }

    Path path() {
        return path;
    }

    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_WRITABLE, "train: not deleted (" + e + "): " + path, e);
        }
    }

    /** Replaces the file; the old one stays if that fails. */
    void write(Checkpoint checkpoint, TrainedHeads heads, TrainingOperations operations) {
        FileReplacement.write("train", path, channel -> {
            byte[] header = JSON.writeValueAsBytes(checkpoint);
            section(
                    channel,
                    allocate(PREFIX + header.length)
                            .put(MAGIC)
                            .putInt(VERSION)
                            .putInt(header.length)
                            .put(header));
            for (int layer = 0; layer < heads.layers(); layer++) {
                for (DeviceWeight weight : weights(heads.layer(layer))) {
                    float[] values = operations.download(weight);
                    ByteBuffer buffer = allocate(Math.multiplyExact(4, values.length));
                    buffer.asFloatBuffer().put(values);
                    section(channel, buffer.position(buffer.limit()));
                }
            }
        });
    }

    private static DeviceWeight[] weights(TrainedHeads.Layer layer) {
        Parameter a = layer.fc1();
        Parameter b = layer.fc2();
        return new DeviceWeight[] {a.weight(), a.mean(), a.square(), b.weight(), b.mean(), b.square()};
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void section(FileChannel channel, ByteBuffer content) throws IOException {
        CRC32C sum = new CRC32C();
        sum.update(content.flip());
        content.rewind();
        ByteBuffer tail = allocate(4).putInt((int) sum.getValue()).flip();
        for (ByteBuffer buffer : new ByteBuffer[] {content, tail}) {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }

    /** What was read. */
    record Loaded(Checkpoint checkpoint, TrainedHeads heads) {}

    /**
     * Reads the file of a run.
     *
     * @param run what the run is of
     * @throws LocretException {@code file-damaged} or {@code file-unsupported}; {@code checkpoint-mismatch} with the first
     *     difference
     */
    Loaded read(Map<String, String> run, TrainedHeads shapes, Backend backend) {
        try (FileChannel channel = FileChannel.open(path)) {
            Checkpoint checkpoint = header(channel);
            run.forEach((name, now) -> {
                String then = checkpoint.run().get(name);
                if (!now.equals(then)) {
                    throw new LocretException(
                            ErrorId.CHECKPOINT_MISMATCH,
                            "train: checkpoint is of another run: " + name + "=" + then + ", now=" + now + ": " + path);
                }
            });
            TrainedHeads.Layer[] layers = new TrainedHeads.Layer[shapes.layers()];
            for (int layer = 0; layer < layers.length; layer++) {
                DeviceWeight[] read = weights(shapes.layer(layer));
                for (int i = 0; i < read.length; i++) {
                    read[i] = weight(channel, read[i], layer, backend);
                }
                layers[layer] = new TrainedHeads.Layer(
                        new Parameter(read[0], read[1], read[2]), new Parameter(read[3], read[4], read[5]));
            }
            if (channel.position() != channel.size()) {
                throw damaged("goes on after its last section, at byte " + channel.position());
            }
            return new Loaded(checkpoint, new TrainedHeads(layers));
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "train: cannot be read (" + e + "): " + path, e);
        }
    }

    private Checkpoint header(FileChannel channel) throws IOException {
        byte[] magic = new byte[MAGIC.length];
        ByteBuffer prefix = channel.size() < PREFIX ? allocate(PREFIX) : fill(channel, allocate(PREFIX));
        prefix.get(magic);
        int version = prefix.getInt();
        if (!Arrays.equals(magic, MAGIC) || version != VERSION) {
            throw new LocretException(
                    ErrorId.FILE_UNSUPPORTED,
                    "train: no checkpoint of version " + VERSION + ", by its first bytes: " + path);
        }
        int length = prefix.getInt();
        if (length < 0 || length > Math.min(MAX_HEADER, channel.size() - PREFIX)) {
            throw damaged("header of " + length + " bytes in a file of " + channel.size() + " bytes");
        }
        ByteBuffer all = allocate(PREFIX + length).put(prefix.rewind());
        checkSum(channel, fill(channel, all), "header");
        try {
            return JSON.readValue(all.array(), PREFIX, length, Checkpoint.class);
        } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
            throw damaged("header is not one: " + e.getMessage());
        }
    }

    private DeviceWeight weight(FileChannel channel, DeviceWeight shape, int layer, Backend backend)
            throws IOException {
        ByteBuffer buffer = fill(channel, allocate(Math.multiplyExact(4, shape.rows() * shape.columns())));
        checkSum(channel, buffer, "layer " + layer);
        float[] values = new float[shape.rows() * shape.columns()];
        buffer.asFloatBuffer().get(values);
        return backend.load(TrainedHeads.tensor(shape.name(), shape.rows(), shape.columns(), values));
    }

    /** Fills what is left of a buffer and rewinds it. */
    private ByteBuffer fill(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw damaged("ends early, at byte " + channel.position());
            }
        }
        return buffer.rewind();
    }

    private void checkSum(FileChannel channel, ByteBuffer content, String section) throws IOException {
        CRC32C sum = new CRC32C();
        sum.update(content.duplicate());
        int expected = fill(channel, allocate(4)).getInt();
        if (expected != (int) sum.getValue()) {
            throw damaged("wrong checksum of its " + section + ": found=" + Integer.toHexString(expected)
                    + ", expected=" + Integer.toHexString((int) sum.getValue()));
        }
    }

    private LocretException damaged(String what) {
        return new LocretException(ErrorId.FILE_DAMAGED, "train: checkpoint " + what + ": " + path);
    }
}
