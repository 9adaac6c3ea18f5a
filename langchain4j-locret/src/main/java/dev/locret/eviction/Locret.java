package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.backend.KvSegment;
import dev.locret.backend.Matrix;

/**
 * Keeps the entries that trained retaining heads score highest:
 * {@code s = W2 · SiLU(W1 · [q ; k ; v])}, one score per KV head, fixed when the token is computed (paper, section
 * 3.1).
 */
public final class Locret implements EvictionPolicy {
    /** With heads that were trained with the question in front of the document (Locret-Q). */
    public static final String QUESTION_AWARE = "locret-q";

    private final String name;
    private final HeadNetwork heads;

    /**
     * @param maxRows most new tokens of a segment
     */
    public Locret(Backend backend, RetainingHeads heads, int maxRows) {
        this("locret", backend, heads, maxRows);
    }

    /** As above under another name, for heads that were trained for another way of reading. */
    public Locret(String name, Backend backend, RetainingHeads heads, int maxRows) {
        this.name = name;
        this.heads = new HeadNetwork(backend, heads, Backend::silu, maxRows);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void scoreNewTokens(Backend backend, int layer, Matrix qkv, KvSegment segment, int pooling) {
        heads.score(backend, layer, qkv, segment, pooling);
    }

    @Override
    public ValueNormUse valueNormUse() {
        return ValueNormUse.ADD_LOGARITHM;
    }
}
