package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.backend.DeviceWeight;
import dev.locret.backend.KvSegment;
import dev.locret.backend.Matrix;
import dev.locret.backend.Projection;
import java.util.List;

/**
 * Keeps the entries that trained retaining heads score highest:
 * {@code s = W2 · SiLU(W1 · [q ; k ; v])}, one score per KV head, fixed when the token is computed (paper, section
 * 3.1).
 */
public final class Locret implements EvictionPolicy {
    /** With heads that were trained with the question in front of the document (Locret-Q). */
    public static final String QUESTION_AWARE = "locret-q";

    private final String name;
    private final DeviceWeight[] fc1;
    private final DeviceWeight[] fc2;
    private final Matrix hidden;
    private final Matrix scores;

    /**
     * @param maxRows most new tokens of a segment
     */
    public Locret(Backend backend, RetainingHeads heads, int maxRows) {
        this("locret", backend, heads, maxRows);
    }

    /** As above under another name, for heads that were trained for another way of reading. */
    public Locret(String name, Backend backend, RetainingHeads heads, int maxRows) {
        this.name = name;
        int layers = heads.fc1().length;
        fc1 = new DeviceWeight[layers];
        fc2 = new DeviceWeight[layers];
        for (int layer = 0; layer < layers; layer++) {
            fc1[layer] = backend.load(heads.fc1()[layer]);
            fc2[layer] = backend.load(heads.fc2()[layer]);
        }
        int kvHeads = fc2[0].rows();
        hidden = Matrix.of(backend.allocate("retaining heads", (long) maxRows * heads.hidden()), heads.hidden());
        scores = Matrix.of(backend.allocate("retaining scores", (long) maxRows * kvHeads), kvHeads);
    }

    /** Bytes that the constructor allocates. */
    public static long bytes(Backend backend, RetainingHeads heads, int maxRows) {
        long bytes = 4L * maxRows * (heads.hidden() + heads.fc2()[0].rows());
        for (int layer = 0; layer < heads.fc1().length; layer++) {
            bytes += backend.weightBytes(heads.fc1()[layer]) + backend.weightBytes(heads.fc2()[layer]);
        }
        return bytes;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void scoreNewTokens(Backend backend, int layer, Matrix qkv, KvSegment segment, int pooling) {
        int rows = segment.rows();
        backend.linear(qkv.from(segment.firstRow()), rows, List.of(new Projection(fc1[layer], null, hidden)), false);
        backend.silu(hidden, rows);
        backend.linear(hidden, rows, List.of(new Projection(fc2[layer], null, scores)), false);
        backend.storeScores(scores, new KvSegment(segment.cache(), 0, rows, segment.firstPosition()), pooling);
    }

    @Override
    public ValueNormUse valueNormUse() {
        return ValueNormUse.ADD_LOGARITHM;
    }
}
