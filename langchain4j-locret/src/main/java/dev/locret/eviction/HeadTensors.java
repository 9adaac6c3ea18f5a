package dev.locret.eviction;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The tensors of a heads file, each of which is looked for with the shape that the model needs. */
final class HeadTensors {
    /** Widest inner layer. */
    private static final int MAX_WIDTH = 1 << 20;

    private final Map<String, HostTensor> tensors;
    private final String source;
    private final Set<String> used = new HashSet<>();

    /**
     * @param source file, for messages
     */
    HeadTensors(Map<String, HostTensor> tensors, String source) {
        this.tensors = tensors;
        this.source = source;
    }

    boolean has(String name) {
        return tensors.containsKey(name);
    }

    HostTensor require(String name, long... dims) {
        HostTensor tensor = find(name);
        Shape expected = Shape.of(dims);
        Checks.check(
                tensor.shape().equals(expected),
                ErrorId.HEADS_MISMATCH,
                () -> "heads: tensor '" + name + "' has shape " + tensor.shape() + ", the model needs " + expected
                        + ": " + source);
        return tensor;
    }

    /** Outputs of the weight {@code name}, which nothing but the heads themselves decides. */
    int width(String name) {
        HostTensor weight = find(name);
        long width = weight.rows();
        Checks.check(
                width >= 1 && width <= MAX_WIDTH,
                ErrorId.HEADS_MISMATCH,
                () -> "heads: width out of range: d_R=" + width + ", allowed=1.." + MAX_WIDTH + ": " + source);
        return (int) width;
    }

    private HostTensor find(String name) {
        HostTensor tensor = tensors.get(name);
        Checks.check(
                tensor != null,
                ErrorId.HEADS_MISMATCH,
                () -> "heads: tensor '" + name + "' is missing among " + tensors.size() + ": " + source);
        used.add(name);
        return tensor;
    }

    /** Fails unless the names speak of so many layers. */
    void requireLayers(int layers) {
        int found = HeadKind.layers(tensors.keySet());
        Checks.check(
                found == layers,
                ErrorId.HEADS_MISMATCH,
                () -> "heads: made for another number of layers: heads=" + found + ", model=" + layers + ": " + source);
    }

    /** Fails if a tensor was not asked for: heads that hold more compute something else. */
    void requireAllUsed(HeadKind kind) {
        for (String name : tensors.keySet()) {
            Checks.check(
                    used.contains(name),
                    ErrorId.HEADS_MISMATCH,
                    () -> "heads: tensor '" + name + "' has no place in heads of kind '" + kind.policy() + "': "
                            + source);
        }
    }
}
