package dev.locret.eviction;

import dev.locret.backend.Backend;
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

    /** The linear layers of each block's network; those of the same depth write to the same matrix. */
    private final List<List<Projection>> networks = new ArrayList<>();

    private final Activation activation;

    /**
     * @param maxRows most new tokens of a segment
     */
    HeadNetwork(Backend backend, ScoringHeads heads, Activation activation, int maxRows) {
        this.activation = activation;
        List<Matrix> outputs = new ArrayList<>();
        for (int depth = 0; depth < depth(heads); depth++) {
            int width = width(heads, depth);
            outputs.add(
                    Matrix.of(backend.allocate("layer " + depth + " of trained heads", (long) maxRows * width), width));
        }
        for (List<HeadLinear> network : heads.networks()) {
            List<Projection> projections = new ArrayList<>();
            for (HeadLinear linear : network) {
                DeviceWeight weight = backend.load(linear.weight());
                projections.add(new Projection(
                        weight,
                        linear.bias() == null ? null : backend.loadFloats(linear.bias()),
                        outputs.get(projections.size()).slice(0, weight.rows())));
            }
            networks.add(projections);
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
        List<Projection> network = networks.get(layer);
        for (int depth = 0; depth < network.size(); depth++) {
            if (depth > 0) {
                activation.apply(backend, in, rows);
            }
            backend.linear(in, rows, List.of(network.get(depth)), false);
            in = network.get(depth).out();
        }
        backend.storeScores(in, new KvSegment(segment.cache(), 0, rows, segment.firstPosition()), pooling);
    }
}
