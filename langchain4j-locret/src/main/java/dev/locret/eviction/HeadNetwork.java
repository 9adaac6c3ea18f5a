package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.KvSegment;
import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import java.util.ArrayList;
import java.util.List;

/** Trained heads on the device, with what they need to score the new tokens of a segment. */
final class HeadNetwork {
    /** What stands between two linear layers, in place. */
    @FunctionalInterface
    interface Activation {
        void apply(Backend backend, Matrix x, int rows);
    }

    /** A linear layer and its bias or null. */
    private record Linear(DeviceWeight weight, DeviceBuffer bias) {}

    private final List<List<Linear>> networks = new ArrayList<>();
    private final Activation activation;
    /** What each layer of a network writes. */
    private final List<Matrix> outputs = new ArrayList<>();

    /**
     * @param maxRows most new tokens of a segment
     */
    HeadNetwork(Backend backend, ScoringHeads heads, Activation activation, int maxRows) {
        this.activation = activation;
        for (List<HeadLinear> network : heads.networks()) {
            List<Linear> linears = new ArrayList<>();
            for (HeadLinear linear : network) {
                linears.add(new Linear(
                        backend.load(linear.weight()),
                        linear.bias() == null ? null : backend.loadFloats(linear.bias())));
            }
            networks.add(linears);
        }
        for (int depth = 0; depth < depth(heads); depth++) {
            int width = width(heads, depth);
            outputs.add(
                    Matrix.of(backend.allocate("layer " + depth + " of trained heads", (long) maxRows * width), width));
        }
    }

    private static int depth(ScoringHeads heads) {
        return heads.networks().stream().mapToInt(List::size).max().orElseThrow();
    }

    /** Blocks may differ in depth and width. */
    private static int width(ScoringHeads heads, int depth) {
        return heads.networks().stream()
                .filter(network -> network.size() > depth)
                .mapToInt(network -> (int) network.get(depth).weight().rows())
                .max()
                .orElseThrow();
    }

    /** Bytes that the constructor allocates. */
    static long bytes(Backend backend, ScoringHeads heads, int maxRows) {
        long bytes = 0;
        for (List<HeadLinear> network : heads.networks()) {
            for (HeadLinear linear : network) {
                bytes += backend.weightBytes(linear.weight());
                bytes += linear.bias() == null ? 0 : 4 * linear.bias().columns();
            }
        }
        for (int depth = 0; depth < depth(heads); depth++) {
            bytes += 4L * maxRows * width(heads, depth);
        }
        return bytes;
    }

    /**
     * Scores the new tokens of a segment.
     *
     * @param input {@code [rows of the batch, inputs]}
     * @param pooling width of the maximum over neighbouring tokens
     */
    void score(Backend backend, int layer, Matrix input, KvSegment segment, int pooling) {
        int rows = segment.rows();
        Matrix in = input.from(segment.firstRow());
        List<Linear> network = networks.get(layer);
        for (int depth = 0; depth < network.size(); depth++) {
            Linear linear = network.get(depth);
            if (depth > 0) {
                activation.apply(backend, in, rows);
            }
            Matrix out = outputs.get(depth).slice(0, linear.weight.rows());
            backend.linear(in, rows, List.of(new Projection(linear.weight, linear.bias, out)), false);
            in = out;
        }
        backend.storeScores(in, new KvSegment(segment.cache(), 0, rows, segment.firstPosition()), pooling);
    }
}
